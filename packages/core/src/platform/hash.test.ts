import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { digestOfBytes, measureFile, measureFiles } from './hash.ts';
import { openHashThreads } from './hash-threads.ts';

function makeFiles(
  t: TestContext,
  sizes: readonly number[],
): readonly { readonly path: string; readonly bytes: number; readonly digest: string }[] {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-hash-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return sizes.map((bytes, index) => {
    const content = Buffer.alloc(bytes, `${index} `);
    const path = join(folder, String(index));
    writeFileSync(path, content);
    return { path, bytes, digest: digestOfBytes(content) };
  });
}

test('a file has the same digest however it is read: at once, in pieces, or by a thread', async (t) => {
  const [...files] = makeFiles(t, [0, 5, (1 << 20) + 1, (32 << 20) + 1]);

  for (const { path, bytes, digest } of files) assert.deepEqual(await measureFile(path), { digest, bytes });
});

test('many files are hashed by threads, each with its own digest, and one that is gone is told', async (t) => {
  const files = makeFiles(t, [...Array.from({ length: 20 }, (_, index) => index * 1_000), 20 << 20, 13 << 20]);
  const threads = openHashThreads(2);

  const measured = await measureFiles([...files, { path: '/no/such/file', bytes: 0 }], threads);

  assert.deepEqual(
    measured.map((found) => found?.digest ?? null),
    [...files.map(({ digest }) => digest), null],
  );
  assert.equal(threads.count(), 2);
});

test('a few small files start no thread', async (t) => {
  const files = makeFiles(t, [1, 2, 3]);
  const threads = openHashThreads(2);

  const measured = await measureFiles(files, threads);

  assert.deepEqual(
    measured.map((found) => found?.digest),
    files.map(({ digest }) => digest),
  );
  assert.equal(threads.count(), 0);
});

test('threads keep no process from ending, neither by itself nor by a signal', (t) => {
  const [file] = makeFiles(t, [40 << 20]);
  const script = (then: string): string => `
    import { measureFile } from ${JSON.stringify(import.meta.resolve('./hash.ts'))};
    const work = measureFile(${JSON.stringify(file?.path)});
    ${then}`;
  const ends = ['console.log((await work).digest)', "process.kill(process.pid, 'SIGTERM'); await work"].map((then) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', script(then)], { encoding: 'utf8', timeout: 30_000 }),
  );

  assert.deepEqual(
    ends.map(({ status, signal, stdout }) => [status, signal, stdout.trim()]),
    [
      [0, null, file?.digest],
      [null, 'SIGTERM', ''],
    ],
  );
});
