import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import fc from 'fast-check';
import { readTar, type TarLimits } from './read-tar.ts';
import { type HostileEntry, tarOf } from './test-tar.ts';
import { type PackedFile, writeTar } from './write-tar.ts';

const limits: TarLimits = { entries: 100, bytes: 1 << 20 };

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-tar-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Path and text of every entry that was handed over before the end or the refusal. */
async function entriesOf(folder: string, archive: Buffer, some: TarLimits = limits): Promise<readonly string[]> {
  const file = join(folder, 'archive.tar');
  writeFileSync(file, archive);
  const found: string[] = [];
  await readTar(file, some, async ({ path }, content) => {
    const pieces: Buffer[] = [];
    for await (const piece of content) pieces.push(piece);
    found.push(`${path}=${Buffer.concat(pieces).toString()}`);
  });
  return found;
}

test('files come in the order of the archive with their bytes, also those whose name and size pax says', async (t) => {
  const folder = makeFolder(t);
  const long = `${'deep/'.repeat(30)}ä b\n-$(c).txt`;

  const found = await entriesOf(
    folder,
    tarOf([
      { name: 'a/b.txt', content: 'tide' },
      { name: 'x', content: 'gate', pax: [`path=${long}`, 'size=4', 'mtime=1.5'] },
      { name: 'empty' },
    ]),
  );

  assert.deepEqual(found, ['a/b.txt=tide', `${long}=gate`, 'empty=']);
});

/** Row 8 of the hostile inputs: what an archive may try, and what the refusal says. */
const hostile: readonly (readonly [what: string, entries: readonly HostileEntry[], says: RegExp])[] = [
  ['a part that leads upwards', [{ name: '../a' }], /has a part that is empty, "\." or "\.\."/],
  ['a part that leads upwards in the middle', [{ name: 'a/../../b' }], /has a part/],
  ['a part that leads upwards by pax', [{ name: 'a', pax: ['path=../../etc/passwd'] }], /has a part/],
  ['an absolute name', [{ name: '/etc/passwd' }], /is absolute/],
  ['two slashes', [{ name: 'a//b' }], /has a part/],
  ['a name with a drive', [{ name: 'C:evil' }], /begins with a drive/],
  ['a name with backslashes', [{ name: '..\\evil' }], /holds a backslash/],
  [
    'a symbolic link',
    [
      { name: 'a', type: '2', link: '/etc' },
      { name: 'a/passwd', content: 'x' },
    ],
    /is a symbolic link/,
  ],
  ['a hard link outside', [{ name: 'a', type: '1', link: '../../etc/passwd' }], /is a hard link/],
  ['a file below a file', [{ name: 'a' }, { name: 'a/b' }], /names that are the same/],
  ['a file in the place of a folder', [{ name: 'a/b' }, { name: 'a' }], /names that are the same/],
  ['NFC and NFD twins', [{ name: 'caf\u00e9' }, { name: 'cafe\u0301' }], /names that are the same/],
  ['case twins', [{ name: 'README' }, { name: 'readme' }], /names that are the same/],
  ['a name that is there twice', [{ name: 'a' }, { name: 'a' }], /names that are the same/],
  ['a NUL in a path of pax', [{ pax: ['path=a\0/../../b'] }], /attribute "path" of an entry holds a NUL/],
  ['a NUL in a name', [{ name: Buffer.from('a\0b') }], /holds a NUL/],
  ['a name that is not UTF-8', [{ name: Buffer.from([0x61, 0xff]) }], /is not UTF-8/],
  ['a path of pax that is not UTF-8', [{ pax: [Buffer.from([...Buffer.from('path=a'), 0xff])] }], /is not UTF-8/],
  ['a negative size', [{ size: '-0000000001' }], /the size of an entry is not a whole number/],
  ['a negative size in base 256', [{ size: Buffer.alloc(12, 0xff) }], /the size of an entry is not a whole number/],
  ['a negative size by pax', [{ pax: ['size=-1'] }], /the size of an entry is not a whole number/],
  ['a size beyond all numbers by pax', [{ pax: ['size=99999999999999999999'] }], /the size of an entry is not a whole number/],
  ['an attribute twice', [{ pax: ['path=a', 'path=b'] }], /there twice/],
  ['an attribute that makes a file a link', [{ pax: ['linkpath=/etc/passwd'] }], /attribute "linkpath"/],
  ['a sparse file of GNU', [{ pax: ['GNU.sparse.major=1'] }], /attribute "GNU\.sparse\.major"/],
  ['attributes for all entries', [{ type: 'g', content: '13 path=../a\n' }], /is attributes of all entries/],
  ['a long name of GNU', [{ type: 'L', content: '../a' }], /is no file/],
  ['a device', [{ type: '3' }], /is a device/],
  ['a folder', [{ name: 'a', type: '5' }], /is a folder/],
  ['a pipe', [{ type: '6' }], /is a pipe/],
  ['a wrong checksum', [{ isBroken: true }], /another checksum/],
  ['a name that is too long', [{ pax: [`path=${'a'.repeat(256)}`] }], /is too long/],
];

for (const [what, entries, says] of hostile)
  test(`hostile 8: an archive with ${what} is refused as a whole`, async (t) => {
    const before: HostileEntry = { name: 'before.txt', content: 'before' };

    await assert.rejects(entriesOf(makeFolder(t), tarOf([before, ...entries])), (error: Error) => {
      assert.match(error.message, /TG-STORE-BUNDLE: Cannot read the bundle/);
      assert.match(error.message, says);
      return true;
    });
  });

test('hostile 8: an archive that is cut anywhere, and one with something behind its end, are refused', async (t) => {
  const folder = makeFolder(t);
  const whole = tarOf([
    { name: 'a', content: 'tide' },
    { name: 'b', content: 'x'.repeat(700), pax: ['path=c'] },
  ]);

  assert.deepEqual((await entriesOf(folder, whole)).length, 2);
  for (let length = 0; length < whole.length; length += 100)
    await assert.rejects(entriesOf(folder, whole.subarray(0, length)), /TG-STORE-BUNDLE/, `${length} bytes`);
  await assert.rejects(entriesOf(folder, Buffer.concat([whole, tarOf([{ name: '../z' }])])), /something else than its end follows/);
  await assert.rejects(entriesOf(folder, Buffer.concat([whole, Buffer.alloc(1 << 20)])), /something else than its end follows/);
  await assert.rejects(entriesOf(folder, Buffer.from('\x1f\x8b compressed'.padEnd(1024, 'x'))), /another checksum/);
});

test('hostile 8: bytes behind the content of an entry are refused', async (t) => {
  const archive = tarOf([{ name: 'a', content: 'tide' }]);
  archive.write('hidden', 600);

  await assert.rejects(entriesOf(makeFolder(t), archive), /something is hidden behind the content/);
});

test('hostile 9: an entry that announces 10 GB, a million entries, and a thousand levels are refused where they begin', async (t) => {
  const folder = makeFolder(t);
  const huge = tarOf([{ size: '114440000000' }]);
  const many = tarOf(Array.from({ length: 200 }, (_, index) => ({ name: `f${index}` })));

  await assert.rejects(entriesOf(folder, huge), /it unpacks to more than 1048576 bytes/);
  await assert.rejects(entriesOf(folder, tarOf([{ pax: ['size=10000000000'] }])), /it unpacks to more than/);
  await assert.rejects(entriesOf(folder, many), /it has more than 100 entries/);
  await assert.rejects(entriesOf(folder, tarOf([{ pax: [`path=${'d/'.repeat(1000)}f`] }])), /its name has more than 64 parts/);
  await assert.rejects(entriesOf(folder, tarOf([{ pax: [`comment=${'x'.repeat(100_000)}`] }])), /the attributes of an entry are too long/);
});

test('any bytes are either read as files with safe names or refused with the code of bundles', async (t) => {
  const folder = makeFolder(t);
  const valid = tarOf([{ name: 'a/b', content: 'tide', pax: ['path=c/d', 'size=4'] }, { name: 'e' }]);

  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), async (changes) => {
      const bytes = Buffer.from(valid);
      for (const [at, value] of changes) bytes[at] = value;
      const found = await entriesOf(folder, bytes).catch((error: unknown) => {
        assert.match(String(error), /TG-STORE-BUNDLE/);
        return [];
      });
      for (const entry of found) assert.doesNotMatch(entry, /^\/|(?:^|\/)\.\.?(?:\/|=)|\0/);
    }),
    { numRuns: 100 },
  );
});

test('what is written is read again, is the same each time, and GNU tar reads it as well', async (t) => {
  const folder = makeFolder(t);
  writeFileSync(join(folder, 'source'), 'x'.repeat(3_000_000));
  const files: readonly PackedFile[] = [
    { path: 'objects/ab/small', bytes: 4, source: Buffer.from('tide') },
    { path: 'objects/cd/large', bytes: 3_000_000, source: join(folder, 'source') },
  ];
  const write = (file: string): Promise<void> =>
    writeTar(
      join(folder, file),
      (async function* () {
        yield* files;
      })(),
    );

  await write('one.tar');
  await write('two.tar');

  const found: string[] = [];
  await readTar(join(folder, 'one.tar'), { entries: 2, bytes: 3_000_004 }, async ({ path, bytes }) => void found.push(`${path} ${bytes}`));
  assert.deepEqual(found, ['objects/ab/small 4', 'objects/cd/large 3000000']);
  assert.deepEqual(readFileSync(join(folder, 'one.tar')), readFileSync(join(folder, 'two.tar')));
  mkdirSync(join(folder, 'unpacked'));
  execFileSync('tar', ['-xf', join(folder, 'one.tar'), '-C', join(folder, 'unpacked')]);
  assert.equal(readFileSync(join(folder, 'unpacked/objects/cd/large')).length, 3_000_000);
});
