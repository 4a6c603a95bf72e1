import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { packTar, type TarEntry } from 'modern-tar';
import { readAr } from './read-ar.ts';
import { unpackDeb } from './unpack-deb.ts';

function ar(members: readonly (readonly [string, Uint8Array])[]): Buffer {
  const parts = members.flatMap(([name, bytes]) => {
    const header = `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}${String(bytes.length).padEnd(10)}\`\n`;
    return [Buffer.from(header), bytes, Buffer.alloc(bytes.length % 2, '\n')];
  });
  return Buffer.concat([Buffer.from('!<arch>\n'), ...parts]);
}

const file = (name: string, body: string, mode = 0o644): TarEntry => ({
  header: { name, size: Buffer.byteLength(body), type: 'file', mode },
  body,
});

async function deb(
  entries: readonly TarEntry[],
  compress: { readonly name: string; readonly by: (bytes: Uint8Array) => Uint8Array },
): Promise<Buffer> {
  const control = await packTar([file('./control', 'Package: tool\nVersion: 1\n'), file('./md5sums', 'x')]);
  return ar([
    ['debian-binary', Buffer.from('2.0\n')],
    [`control.tar${compress.name}`, compress.by(control)],
    [`data.tar${compress.name}`, compress.by(await packTar([...entries]))],
  ]);
}

const plain = { name: '', by: (bytes: Uint8Array): Uint8Array => bytes };

async function unpacked(t: { after: (end: () => Promise<void>) => void }, bytes: Uint8Array): Promise<ReturnType<typeof unpackDeb>> {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-deb-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  await writeFile(join(root, 'tool.deb'), bytes);
  await mkdir(join(root, 'files'));
  return unpackDeb(join(root, 'tool.deb'), join(root, 'files'));
}

for (const [name, by] of [
  ['', plain.by],
  ['.gz', (bytes: Uint8Array) => gzipSync(bytes)],
  ['.zst', (bytes: Uint8Array) => zstdCompressSync(bytes)],
] as const)
  test(`unpackDeb() reads files, modes, links and the control file: data.tar${name}`, async (t) => {
    const { entries, control } = await unpacked(
      t,
      await deb(
        [
          { header: { name: './', size: 0, type: 'directory' } },
          { header: { name: './usr/bin/', size: 0, type: 'directory', mode: 0o755 } },
          file('./usr/bin/tool', 'a program', 0o755),
          { header: { name: './usr/bin/other', size: 0, type: 'link', linkname: './usr/bin/tool' } },
          { header: { name: './usr/bin/sh', size: 0, type: 'symlink', linkname: 'tool' } },
          file('./usr/share/doc/tool/README', 'to be read'),
          file('./usr/share/doc/tool/copyright', 'a licence'),
          file('./usr/share/man/man1/tool.1', 'to be read'),
        ],
        { name, by },
      ),
    );

    assert.match(control, /^Package: tool$/m);
    assert.deepEqual(
      entries.map(({ kind, path }) => [kind, path]),
      [
        ['folder', 'usr/bin'],
        ['file', 'usr/bin/tool'],
        ['file', 'usr/bin/other'],
        ['link', 'usr/bin/sh'],
        ['file', 'usr/share/doc/tool/copyright'],
      ],
    );
    const [tool, other] = entries.filter((entry) => entry.kind === 'file');
    assert.ok(tool?.executable === true && other?.executable === true);
    assert.equal(await readFile(other.from, 'utf8'), 'a program');
  });

test('unpackDeb() writes nothing outside its folder, whatever a package names', async (t) => {
  const { entries } = await unpacked(t, await deb([file('../../outside', 'x'), file('/etc/inside', 'y'), file('a/../../b', 'z')], plain));

  assert.deepEqual(
    entries.map(({ path }) => path),
    ['etc/inside'],
  );
});

test('unpackDeb() refuses what is no package, or is cut short', async (t) => {
  const whole = await deb([file('./a', 'b'.repeat(2000))], plain);

  for (const bytes of [
    Buffer.from('no package'),
    Buffer.from('!<arch>\n'),
    whole.subarray(0, whole.length - 700),
    ar([['debian-binary', Buffer.from('2.0\n')]]),
  ])
    await assert.rejects(unpacked(t, bytes), /TG-IMAGE-PACKAGE/);
  await assert.rejects(unpacked(t, await deb([], { name: '.xz', by: () => Buffer.from('not compressed so') })), /TG-IMAGE-PACKAGE/);
});

test('readAr() refuses lengths that lead beyond the end', () => {
  const good = ar([['a', Buffer.from('xyz')]]);

  assert.equal(readAr(good)?.[0]?.bytes.length, 3);
  for (const size of ['99', '-1', 'x', '1e3'])
    assert.equal(readAr(Buffer.from(good.toString('latin1').replace('3         `', `${size.padEnd(10)}\``), 'latin1')), null, size);
});
