import assert from 'node:assert/strict';
import { appendFile, rm } from 'node:fs/promises';
import { test } from 'node:test';
import { makeScoringBench, storeFixture } from './test-bench.ts';

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
