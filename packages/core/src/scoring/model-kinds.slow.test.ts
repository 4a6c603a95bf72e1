import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Digest, Signature } from '@tidegate/formats';
import { quoteText, type Row } from '@tidegate/runtime';
import { fixtures, makeScoringBench, type ScoringBench, storeBenchRelease, storeFixture } from './test-bench.ts';
import { askService, startService } from './test-service.ts';

for (const name of ['binary', 'multiclass', 'regression', 'matrix', 'one-row', 'kinds'])
  test(`a file is scored with the ONNX model "${name}" as the service answers`, async (t) => {
    const bench = makeScoringBench(t);
    const release = await storeFixture(bench.store, name);
    const { rows } = JSON.parse(await readFile(join(fixtures, `${name}.cases.json`), 'utf8')) as { readonly rows: readonly Row[] };

    await assertSameAnswers(t, { bench, release, rows });
  });

test('a file is scored with a pickle as the service answers', async (t) => {
  const bench = makeScoringBench(t);
  const signature: Signature = { task: 'binary', inputs: [{ name: 'length', type: 'number' }], classes: ['short', 'long'] };
  await copyFile(join(fixtures, 'python/threshold.py'), bench.path('threshold.py'));
  execFileSync('python3', ['threshold.py', 'model.pickle'], { cwd: bench.folder, env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
  const release = await storeBenchRelease(bench.store, {
    flavor: 'pickle',
    signature,
    file: { path: bench.path('model.pickle') },
    beside: { path: bench.path('threshold.py') },
  });

  await assertSameAnswers(t, { bench, release, rows: [{ length: 0.5 }, { length: 2 }, { length: null }] });
});

test('rows that a "predict" function refuses go to the quarantine one by one, the others are scored as the service answers', async (t) => {
  const bench = makeScoringBench(t);
  const release = await storeLinear(bench);
  const rows = Array.from({ length: 40 }, (_, index) => ({
    town: index % 9 === 4 ? 'raise' : 'b',
    area: index % 7 === 0 ? null : index / 4,
  }));

  const quarantine = await assertSameAnswers(t, { bench, release, rows });

  assert.deepEqual(
    quarantine.map((row) => [row['row'], row['code']]),
    [5, 14, 23, 32].map((row) => [row, 'TG-SERVING-PREDICTION']),
  );
  assert.match(String(quarantine[0]?.['reason']), /^Cannot predict: the model says "ValueError: no such town/);
});

test('a model that dies ends the job with its words, and leaves no output behind', async (t) => {
  const bench = makeScoringBench(t);
  const release = await storeLinear(bench);
  const write = (last: string): Promise<void> =>
    bench.write('rows.parquet', `SELECT CASE WHEN i = 5 THEN '${last}' ELSE 'a' END AS town, i::DOUBLE AS area FROM range(6) t(i)`);
  const files = { input: 'rows.parquet', output: 'scored.parquet', chunkRows: 2 };
  await write('die');

  await assert.rejects(bench.score(release, files), /TG-SERVING-MODEL-DOWN: Cannot predict: the process of the model is gone/);
  await assert.rejects(bench.read('scored.parquet'));
  await write('a');

  assert.equal((await bench.score(release, files)).receipt.scored, 6);
});

test('a file without rows gives files without rows, with their columns', async (t) => {
  const bench = makeScoringBench(t);
  const release = await storeFixture(bench.store, 'matrix');
  await bench.write('none.parquet', "SELECT 'x' AS note, 1.0::DOUBLE AS x, 1.0::DOUBLE AS y, 1.0::DOUBLE AS z WHERE false");
  await writeFile(bench.path('none.csv'), 'x,y,z\n');

  const parquet = await bench.score(release, { input: 'none.parquet', output: 'a.parquet' });
  const csv = await bench.score(release, { input: 'none.csv', output: 'b.csv' });

  assert.deepEqual([parquet.receipt.scored, parquet.receipt.quarantined, csv.receipt.input.rows], [0, 0, 0]);
  assert.deepEqual(await bench.read('a.parquet'), []);
  assert.equal(await bench.text('b.csv'), 'x,y,z,prediction\n');
});

test('columns that the service does not know come along as they came, whole numbers beyond 2^53 to the last digit', async (t) => {
  const bench = makeScoringBench(t);
  const release = await storeFixture(bench.store, 'matrix');
  const others = `9007199254740993::BIGINT AS big, 170141183460469231731.25::DECIMAL(38, 2) AS exact, [1, NULL] AS list, {'a': DATE '2024-01-01'} AS one, 'é"
,' AS text, TIMESTAMP '2024-01-01 00:00:00.000001' AS moment, NULL::BLOB AS nothing`;
  await bench.write('rows.parquet', `SELECT ${others}, 1::TINYINT AS x, 2.5::FLOAT AS y, 3::DECIMAL(4, 1) AS z`);

  await bench.score(release, { input: 'rows.parquet', output: 'scored.parquet' });
  await bench.score(release, { input: 'rows.parquet', output: 'scored.csv' });

  const [row] = await bench.read('scored.parquet');
  const [before] = await bench.read('rows.parquet');
  assert.deepEqual({ ...row, prediction: null }, { ...before, prediction: null });
  assertClose(row?.['prediction'], 1 - 2 * 2.5 + 0.5 * 3 + 3, 'prediction', 1e-5);
  assert.match(
    await bench.text('scored.csv'),
    /\n9007199254740993,170141183460469231731\.25,"\[1,null\]","\{""a"":""2024-01-01""\}","é""\n,",2024-01-01 00:00:00\.000001,,1,2\.5,3\.0,0\.50\d*\n$/,
  );
});

interface SameAnswers {
  readonly bench: ScoringBench;
  readonly release: Digest;
  readonly rows: readonly Row[];
}

/** Scores the rows and asks a server, each row by itself. @returns the quarantine */
async function assertSameAnswers(t: TestContext, { bench, release, rows }: SameAnswers): Promise<readonly Row[]> {
  await writeFile(bench.path('rows.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  await bench.write('rows.parquet', `SELECT * FROM read_json(${quoteText(bench.path('rows.jsonl'))}, format = 'newline_delimited')`);
  const { receipt } = await bench.score(release, { input: 'rows.parquet', output: 'scored.parquet', chunkRows: 7 });
  const service = await startService(bench, release, []);
  t.after(service.kill);
  const online = await Promise.all(rows.map((row) => askService(service.address, { rows: [row] })));
  const quarantine = await bench.read('quarantine-of-scored.parquet');
  const answered = online.filter(({ code }) => code === undefined);
  const offline = await bench.read('scored.parquet');

  assert.equal(receipt.scored, answered.length);
  assert.deepEqual(
    quarantine.map((row) => row['code']),
    online.flatMap(({ code }) => code ?? []),
  );
  for (const [index, row] of offline.entries())
    for (const [name, value] of Object.entries(answered[index] ?? assert.fail('no answer'))) assertClose(row[name], value, name);
  return quarantine;
}

/** Of numbers in 32 bits the last ones depend on how many rows are predicted together. */
function assertClose(found: unknown, wanted: unknown, name: string, within = 1e-6): void {
  if (Array.isArray(found) && Array.isArray(wanted)) return found.forEach((one, index) => assertClose(one, wanted[index], name, within));
  if (typeof found === 'number' && typeof wanted === 'number')
    return assert.ok(Math.abs(found - wanted) <= within * Math.max(1, Math.abs(wanted)), `${name}: ${found} is not ${wanted}`);
  assert.deepEqual(found, wanted, name);
}

function storeLinear({ store }: ScoringBench): Promise<Digest> {
  const inputs = [
    { name: 'town', type: 'string' },
    { name: 'area', type: 'number' },
  ] as const;
  const signature: Signature = { task: 'regression', inputs, classes: [] };
  return storeBenchRelease(store, { flavor: 'function', signature, file: { path: join(fixtures, 'python/linear.py') } });
}
