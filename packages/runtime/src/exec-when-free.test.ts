import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { execWhenFree } from './exec-when-free.ts';

const threads = 4;

test('several that begin with a new database in the same moment all can work with it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-at-once-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const arrived = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const entry = new URL('./fixtures/open-at-once.ts', import.meta.url);
  const workers = Array.from({ length: threads }, () => new Worker(entry, { workerData: { arrived, threads } }));
  t.after(() => Promise.all(workers.map((worker) => worker.terminate())));

  for (let round = 0; round < 60; round++) {
    Atomics.store(arrived, 0, 0);
    const path = join(folder, `${round}.sqlite`);
    const said = workers.map((worker) => once(worker, 'message'));
    for (const worker of workers) worker.postMessage(path);
    assert.deepEqual(
      (await Promise.all(said)).flat(),
      workers.map(() => null),
    );
    using database = new DatabaseSync(path);
    assert.equal(database.prepare('SELECT count(*) AS rows FROM t').get()?.['rows'], threads);
  }
});

test('what is wrong with a statement is thrown at once', () => {
  using database = new DatabaseSync(':memory:');

  assert.throws(() => execWhenFree(database, 'PRAGMA journal_mode = WAL; NONSENSE'), /syntax error/);
});
