import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { appendFile, rm } from 'node:fs/promises';
import { test } from 'node:test';
import { makeScoringBench, storeFixture } from './test-bench.ts';
import { storeHarbour } from './test-harbour.ts';

test('what is scored already is not scored again, unless the input or the output is another', async (t) => {
  const bench = makeScoringBench(t);
  const release = await storeFixture(bench.store, 'matrix');
  await bench.write('rows.parquet', 'SELECT i AS x, 1 AS y, 2 AS z FROM range(5) t(i)');
  const files = { input: 'rows.parquet', output: 'scored.parquet', chunkRows: 2 };
  const first = await bench.score(release, files);

  const again = await bench.score(release, files);
  await rm(bench.path('scored.parquet'));
  const missing = await bench.score(release, files);
  await appendFile(bench.path('scored.parquet'), 'changed by somebody');
  const changed = await bench.score(release, files);
  await bench.write('rows.parquet', 'SELECT i AS x, 1 AS y, 2 AS z FROM range(6) t(i)');
  const other = await bench.score(release, files);

  assert.deepEqual([again.outcome, missing.outcome, changed.outcome, other.outcome], ['unchanged', 'written', 'written', 'scored']);
  assert.deepEqual(again.receipt, first.receipt);
  assert.equal(changed.receipt.output.digest, first.receipt.output.digest);
  assert.deepEqual([first.receipt.scored, other.receipt.scored], [5, 6]);
});

test('of two calls at once for the same rows one scores them, and the other finds that it is done', async (t) => {
  const bench = makeScoringBench(t);
  const release = await storeFixture(bench.store, 'matrix');
  await bench.write('rows.parquet', 'SELECT i AS x, 1 AS y, 2 AS z FROM range(50) t(i)');
  const files = { input: 'rows.parquet', output: 'scored.parquet', chunkRows: 10 };

  const both = await Promise.all([bench.score(release, files), bench.score(release, files)]);

  assert.deepEqual(both.map(({ outcome }) => outcome).toSorted(), ['scored', 'unchanged']);
});

test('a call that is called off goes on where it was when it is made again', async (t) => {
  const bench = makeScoringBench(t);
  const release = await storeFixture(bench.store, 'matrix');
  await bench.write('rows.parquet', 'SELECT i AS x, 1 AS y, 2 AS z FROM range(50) t(i)');
  const files = { input: 'rows.parquet', output: 'scored.parquet', chunkRows: 10 };
  const off = new AbortController();

  await assert.rejects(
    bench.score(release, { ...files, signal: off.signal, progress: (_, rows) => rows === 20 && off.abort() }),
    /aborted/,
  );
  const { receipt } = await bench.score(release, files);

  assert.deepEqual([receipt.scored, receipt.chunks], [50, { size: 10, count: 5, resumed: 2 }]);
});

test('an input that changes while it is read is refused, and nothing of it is kept', async (t) => {
  const bench = makeScoringBench(t);
  const release = await storeFixture(bench.store, 'matrix');
  await bench.write('rows.csv', 'SELECT i AS x, 1 AS y, 2 AS z FROM range(50) t(i)');
  const files = { input: 'rows.csv', output: 'scored.csv', chunkRows: 10 };
  const progress = (doing: string): void => {
    if (doing.startsWith('loading')) appendFileSync(bench.path('rows.csv'), '51,1,2\n');
  };

  await assert.rejects(bench.score(release, { ...files, progress }), /TG-SCORE-INPUT: Cannot score ".*": it changed while it was read/);
  const { receipt } = await bench.score(release, files);

  assert.deepEqual([receipt.input.rows, receipt.chunks.resumed], [51, 0]);
});

test('a moment of now is that of the call that began the job, and another one when it is scored again', async (t) => {
  const bench = makeScoringBench(t);
  const wind =
    "SELECT 'a' AS pier, TIMESTAMP '2024-01-01' AS event, TIMESTAMP '2024-01-01' AS known, 1.0::DOUBLE AS speed, 2.0::DOUBLE AS gust";
  const { release, datasets, versions } = await storeHarbour(bench.store, bench.folder, { wind, ttlMs: null });
  await bench.write('rows.parquet', "SELECT 'a' AS pier, 'NaN'::DOUBLE AS depth UNION ALL SELECT 'a', 'inf'::DOUBLE");
  const score = (ms: number) =>
    bench.score(release, {
      input: 'rows.parquet',
      output: 'scored.parquet',
      datasets,
      versions,
      clock: { now: () => ms, elapsed: () => 0 },
    });

  const first = await score(Date.UTC(2024, 0, 2));
  const second = await score(Date.UTC(2023, 0, 2));

  assert.deepEqual([first.receipt.moments.from, first.receipt.moments.latest], ['now', '2024-01-02T00:00:00.000Z']);
  assert.deepEqual([second.outcome, second.receipt.moments.latest], ['scored', '2023-01-02T00:00:00.000Z']);
  assert.match(String((await bench.read('scored.parquet'))[0]?.['features']), /"wind__speed":"NOT_FOUND"/);
  assert.equal((await bench.read('quarantine-of-scored.parquet'))[0]?.['input'], '{"pier":"a","depth":"inf"}');
});
