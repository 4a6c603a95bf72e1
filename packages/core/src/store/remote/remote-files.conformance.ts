import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestOfBytes } from '../../platform/index.ts';
import type { ListedFile, RemoteFiles } from './remote-files.ts';

export interface RemoteFilesPlace {
  /** The place as one more machine sees it: each call opens it anew. */
  readonly open: () => RemoteFiles;
}

/** What one place is like. */
export interface PlaceTraits {
  /** Why the suite cannot be run; null when it can. */
  readonly skip?: string | null;
  /** Length of a file that several pieces are made of on the way, so that one which is interrupted has something to go on with. Default 12 MiB. */
  readonly largeBytes?: number;
}

/** What files of a remote must do, wherever they are. `make` makes an empty place; `folder` is for it and the test, and is removed afterwards. */
export function remoteFilesConformance(
  name: string,
  make: (folder: string) => RemoteFilesPlace | Promise<RemoteFilesPlace>,
  { skip = null, largeBytes = 12 << 20 }: PlaceTraits = {},
): void {
  const behaves = (behaviour: string, body: (place: RemoteFilesPlace & { readonly folder: string }) => Promise<void>): void => {
    test(`${name}: ${behaviour}`, { skip: skip ?? false }, async (t) => {
      const folder = await mkdtemp(join(tmpdir(), 'tidegate-files-'));
      t.after(() => rm(folder, { recursive: true, force: true }));
      await body({ ...(await make(folder)), folder });
    });
  };

  behaves('a place that nobody has written to is empty and can be used', async ({ open, folder }) => {
    await open().check();

    assert.equal(await open().read('a/b.json'), null);
    assert.equal(await open().download('a/b.json', join(folder, 'out')), null);
    assert.deepEqual(await listed(open(), ''), []);
    await open().remove(['a/b.json']);
  });

  behaves('what one machine writes another reads, whole and in parts, with its length', async ({ open }) => {
    await open().write('packs/ab/tide', Buffer.from('high tide'));

    assert.deepEqual(await readText(open(), 'packs/ab/tide'), { text: 'high tide', size: 9 });
    assert.deepEqual(await readText(open(), 'packs/ab/tide', { from: 5, to: 7 }), { text: 'ti', size: 9 });
    assert.deepEqual(await readText(open(), 'packs/ab/tide', { from: 5, to: 100 }), { text: 'tide', size: 9 });
    assert.equal(await open().read('packs/ab'), null);
    assert.equal(await open().read('packs/ab/tid'), null);
  });

  behaves('an empty file is a file', async ({ open, folder }) => {
    await open().write('empty', new Uint8Array());

    assert.deepEqual(await readText(open(), 'empty'), { text: '', size: 0 });
    assert.equal((await open().download('empty', join(folder, 'out')))?.size, 0);
    assert.equal((await stat(join(folder, 'out'))).size, 0);
  });

  behaves('a file is written where none is only once, however many try at the same moment', async ({ open }) => {
    const writers = Array.from({ length: 8 }, (_, writer) => Buffer.from(`writer ${writer}`.padEnd(20_000)));

    const tries = await Promise.all(writers.map((bytes) => open().write('records/one.json', bytes, { onlyIf: 'absent' })));

    assert.equal(tries.filter(({ written }) => written).length, 1);
    const winner = tries.findIndex(({ written }) => written);
    assert.equal((await readText(open(), 'records/one.json')).text, writers[winner]?.toString());
    assert.deepEqual(await open().write('records/one.json', Buffer.from('late'), { onlyIf: 'absent' }), { written: false });
  });

  behaves('a file is replaced only while it is the one that was read', async ({ open }) => {
    await open().write('root.json', Buffer.from('1'));
    const read = await open().read('root.json');
    const condition = { onlyIf: { tag: read?.tag ?? '' } };

    const first = await open().write('root.json', Buffer.from('2'), condition);
    const second = await open().write('root.json', Buffer.from('3'), condition);

    assert.equal(first.written, true);
    assert.deepEqual(second, { written: false });
    assert.equal((await readText(open(), 'root.json')).text, '2');
    assert.deepEqual(await open().write('none.json', Buffer.from('1'), condition), { written: false });
    assert.equal(await open().read('none.json'), null);
    const again = await open().read('root.json');
    assert.equal(first.written && first.tag, again?.tag, 'the tag of a write is the one that a reader sees');
  });

  behaves('many that count up one number by conditional writes lose none', async ({ open }) => {
    await open().write('count', Buffer.from('0'));
    const countUp = async (): Promise<void> => {
      for (;;) {
        const files = open();
        const { bytes = Buffer.from(''), tag = '' } = (await files.read('count')) ?? {};
        const next = Buffer.from(String(Number(Buffer.from(bytes).toString()) + 1));
        if ((await files.write('count', next, { onlyIf: { tag } })).written) return;
      }
    };

    await Promise.all(Array.from({ length: 6 }, countUp));

    assert.equal((await readText(open(), 'count')).text, '6');
  });

  behaves('the file at a path goes there and back, and its digest is held against it both ways', async ({ open, folder }) => {
    const { source, bytes, digest } = await sourceIn(folder, 300_000);
    const other = digestOfBytes('other');

    assert.equal((await open().write('packs/a', source, { digest, onlyIf: 'absent' })).written, true);
    await assert.rejects(open().write('packs/b', source, { digest: other }), /TG-STORE-FILE-CHANGED/);

    assert.equal(await open().read('packs/b'), null);
    assert.equal((await open().download('packs/a', join(folder, 'out'), { digest }))?.size, bytes.length);
    assert.ok(bytes.equals(await readFile(join(folder, 'out'))));
    await assert.rejects(open().download('packs/a', join(folder, 'bad'), { digest: other }), /TG-STORE-OBJECT-CORRUPT/);
    await assert.rejects(stat(join(folder, 'bad')), /ENOENT/);
  });

  behaves('a download goes on with what is there, and begins anew when that is something else', async ({ open, folder }) => {
    const { source, bytes, digest } = await sourceIn(folder, 300_000);
    await open().write('packs/a', source, { digest });
    const path = join(folder, 'out');

    await writeFile(path, bytes.subarray(0, 200_000));
    const goneOn = await open().download('packs/a', path, { digest });
    assert.equal(goneOn?.moved, 100_000);
    assert.ok(bytes.equals(await readFile(path)));

    await writeFile(path, Buffer.alloc(200_000, 'x'));
    await open().download('packs/a', path, { digest });
    assert.ok(bytes.equals(await readFile(path)));
    assert.equal((await open().download('packs/a', path, { digest }))?.moved, 0);
  });

  behaves('a download that is interrupted leaves what it has, and the next one gets the rest', async ({ open, folder }) => {
    const { source, bytes, digest } = await sourceIn(folder, largeBytes);
    await open().write('packs/a', source, { digest });
    const path = join(folder, 'out');
    const abort = new AbortController();

    await assert.rejects(
      open().download('packs/a', path, { digest, signal: abort.signal, onProgress: () => abort.abort(new Error('enough')) }),
      /enough/,
    );
    const rest = await open().download('packs/a', path, { digest });

    assert.ok((rest?.moved ?? 0) < bytes.length, `${rest?.moved} of ${bytes.length}`);
    assert.ok(bytes.equals(await readFile(path)));
  });

  behaves('an upload that is interrupted is not there, and the next one sends the rest', async ({ open, folder }) => {
    const { source, bytes, digest } = await sourceIn(folder, largeBytes);
    const abort = new AbortController();
    const options = { digest, onlyIf: 'absent' } as const;

    await assert.rejects(
      open().write('packs/a', source, { ...options, signal: abort.signal, onProgress: () => abort.abort(new Error('enough')) }),
      /enough/,
    );
    assert.equal(await open().read('packs/a'), null);
    assert.deepEqual(await listed(open(), ''), []);
    let told = 0;
    const rest = await open().write('packs/a', source, { ...options, onProgress: (count) => (told += count) });

    assert.ok(rest.written && rest.moved < bytes.length, JSON.stringify(rest));
    assert.equal(told, rest.written && rest.moved);
    assert.equal((await open().download('packs/a', join(folder, 'out'), { digest }))?.size, bytes.length);
  });

  behaves('several that send the same file at once leave it whole', async ({ open, folder }) => {
    const { source, bytes, digest } = await sourceIn(folder, largeBytes);

    const tries = await Promise.all([1, 2, 3].map(() => open().write('packs/a', source, { digest, onlyIf: 'absent' })));

    assert.ok(tries.some(({ written }) => written));
    assert.equal((await open().download('packs/a', join(folder, 'out'), { digest }))?.size, bytes.length);
  });

  behaves('what an interrupted upload left is taken out when it is old, and an upload after that is whole', async ({ open, folder }) => {
    const { source, digest } = await sourceIn(folder, largeBytes);
    const abort = new AbortController();
    const interrupted = { digest, signal: abort.signal, onProgress: () => abort.abort(new Error('enough')) };
    await assert.rejects(open().write('packs/a', source, interrupted), /enough/);

    await open().tidy(Date.now() + 60_000);

    const written = await open().write('packs/a', source, { digest });
    assert.equal(written.written && written.moved, largeBytes);
  });

  behaves('files are listed by how their name begins, and taken out many at once', async ({ open }) => {
    const before = Date.now() - 60_000;
    for (const name of ['packs/ab/1', 'packs/ab/2', 'packs/cd/1', 'packs.json']) await open().write(name, Buffer.from(name));

    assert.deepEqual(names(await listed(open(), 'packs/')), ['packs/ab/1', 'packs/ab/2', 'packs/cd/1']);
    assert.deepEqual(names(await listed(open(), 'packs/a')), ['packs/ab/1', 'packs/ab/2']);
    assert.deepEqual(names(await listed(open(), 'none/')), []);
    const [first] = await listed(open(), 'packs.json');
    assert.equal(first?.size, 10);
    assert.ok((first?.changedAtMs ?? 0) > before);
    await open().remove(['packs/ab/1', 'packs/none', 'packs/cd/1']);
    assert.deepEqual(names(await listed(open(), 'packs/')), ['packs/ab/2']);
  });

  behaves('a call whose signal is aborted already does nothing', async ({ open }) => {
    const signal = AbortSignal.abort(new Error('enough'));

    await assert.rejects(open().write('a', Buffer.from('a'), { signal }), /enough/);
    await assert.rejects(open().read('a', { signal }), /enough/);

    assert.equal(await open().read('a'), null);
  });

  behaves('a name that is none is refused before anything is touched', async ({ open }) => {
    for (const bad of ['', '../a', 'a/../b', '/a', 'a//b', '.lock', 'a/.b', 'a b', 'a/'])
      await assert.rejects(async () => open().read(bad), /please report this/);
  });
}

interface Source {
  readonly source: string;
  readonly bytes: Buffer;
  readonly digest: ReturnType<typeof digestOfBytes>;
}

/** A file of bytes without a pattern in them. */
async function sourceIn(folder: string, length: number): Promise<Source> {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32LE((state = (Math.imul(state, 1664525) + 1013904223) >>> 0), at);
  const source = join(folder, 'source');
  await writeFile(source, bytes);
  return { source, bytes, digest: digestOfBytes(bytes) };
}

async function readText(
  files: RemoteFiles,
  name: string,
  range?: { readonly from: number; readonly to: number },
): Promise<{ readonly text: string | null; readonly size: number | null }> {
  const found = await files.read(name, range === undefined ? {} : { range });
  return { text: found === null ? null : Buffer.from(found.bytes).toString(), size: found?.size ?? null };
}

async function listed(files: RemoteFiles, prefix: string): Promise<readonly ListedFile[]> {
  const found: ListedFile[] = [];
  for await (const file of files.list(prefix)) found.push(file);
  return found;
}

function names(files: readonly ListedFile[]): readonly string[] {
  return files.map(({ name }) => name).toSorted();
}
