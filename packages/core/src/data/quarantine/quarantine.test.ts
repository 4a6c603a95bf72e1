import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TidegateError } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { filesOfTree } from '../read/dataset-file.ts';
import { sqlList } from '../read/sql-path.ts';
import { type TestDataset, testDataset, textsOf } from '../test-dataset.ts';

const contract = `apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema:
  - name: t
    properties:
      - { name: id, logicalType: integer, primaryKey: true }
      - name: n
        logicalType: integer
        logicalTypeOptions: { minimum: 0 }
        quality: [{ id: rises, type: custom, engine: tidegate, severity: warning, implementation: { check: increasing, orderBy: id } }]
      - { name: s, logicalType: string, logicalTypeOptions: { pattern: '^[a-z]$' } }
`;

type Run = Awaited<ReturnType<TestDataset['run']>>;

async function quarantined(dataset: TestDataset, { result }: Run): Promise<readonly object[]> {
  const tree = await dataset.store.readTree(result.outputs['quarantine']?.digest ?? assert.fail('no quarantine'));
  using engine = await openEngine({ threads: 1 });
  return await engine.rows(`SELECT * FROM read_parquet(${sqlList(await filesOfTree(dataset.store, tree))})`);
}

const told = ({ result }: Run): readonly string[] =>
  result.evidence
    .filter(({ name, verdict }) => name === 'quarantine' || verdict !== 'pass')
    .map(({ name, verdict, reason }) => `${name} ${verdict}: ${reason}`);

const csv = { 'a.csv': 'id,n,s\n1,1,a\n2,-1,b\n2,3,c\nx,4,d\n', 'b.csv': 'id,n,s\n5,5,e\n6,-6,QQ\n7,7,g\n' };

async function withCsv(): Promise<TestDataset> {
  const dataset = await testDataset();
  for (const [path, text] of Object.entries(csv)) await dataset.write(path, text);
  return dataset;
}

test('rows that break checks go into a file of their own, with the names of the checks, and the version stops', async () => {
  await using dataset = await withCsv();
  const made = await dataset.run({ contract, quarantine: { checks: [], goesOn: false } });

  assert.deepEqual(await quarantined(dataset, made), [
    { id: '2', n: '-1', s: 'b', tidegate_failed: ['n.minimum'], tidegate_file: 'a.csv' },
    { id: '2', n: '3', s: 'c', tidegate_failed: ['primary_key'], tidegate_file: 'a.csv' },
    { id: 'x', n: '4', s: 'd', tidegate_failed: ['id.type'], tidegate_file: 'a.csv' },
    { id: '6', n: '-6', s: 'QQ', tidegate_failed: ['n.minimum', 's.pattern'], tidegate_file: 'b.csv' },
  ]);
  assert.equal(made.version.rows, 7);
  assert.equal(made.version.verdict, 'fail');
  assert.match(
    told(made)[0] ?? '',
    /^quarantine pass: 4 of 7 rows break checks \(id.type 1, n.minimum 2, s.pattern 1, primary_key 1\): they are in data.t.quarantine as well$/,
  );
  assert.deepEqual(await textsOf(dataset.store, made.result, 'files'), csv);
});

test('the version goes on without these rows, whatever the format of its files, and says how many they were', async () => {
  for (const format of ['csv', 'jsonl', 'parquet'] as const) {
    await using dataset = await testDataset();
    if (format === 'csv') await dataset.write('a.csv', csv['a.csv']);
    if (format === 'jsonl')
      await dataset.write('a.jsonl', '{"id":1,"n":1,"s":"a"}\n\n{"id":2,"n":-1,"s":"b"}\n{"id":3,"n":2,"s":"c"}\n{"id":3,"n":4,"s":"d"}\n');
    if (format === 'parquet')
      await dataset.writeParquet('a.parquet', `SELECT * FROM (VALUES (1, 1, 'a'), (2, -1, 'b'), (3, 2, 'c'), (3, 4, 'd')) AS t(id, n, s)`);
    const made = await dataset.run({ contract, quarantine: { checks: [], goesOn: true } });

    assert.equal(made.version.verdict, 'pass', format);
    assert.equal(made.version.rows, format === 'csv' ? 1 : 2, format);
    assert.equal(made.version.profile.rows, made.version.rows);
    assert.equal((await quarantined(dataset, made)).length, format === 'csv' ? 3 : 2, format);
    assert.match(told(made).join('\n'), /they were left out, and are in data.t.quarantine$/);
    if (format !== 'parquet')
      assert.deepEqual(await textsOf(dataset.store, made.result, 'files'), {
        [`a.${format}`]: format === 'csv' ? 'id,n,s\n1,1,a\n' : '{"id":1,"n":1,"s":"a"}\n{"id":3,"n":2,"s":"c"}\n',
      });
    const again = await dataset.run({ contract, quarantine: { checks: [], goesOn: true } });
    assert.deepEqual(again.result.outputs, made.result.outputs, `${format}: the same bytes again`);
  }
});

test('a table goes on without them too, by the checks that are named, those of an order among them', async () => {
  await using dataset = await testDataset();
  await dataset.writeParquet('a.parquet', `SELECT * FROM (VALUES (1, 5, 'a'), (2, 3, 'b'), (3, 6, 'c'), (3, 7, 'd')) AS t(id, n, s)`);
  const made = await dataset.run({ contract, table: { key: ['id'] }, quarantine: { checks: ['n.rises', 'primary_key'], goesOn: true } });

  assert.deepEqual(
    (await quarantined(dataset, made)).map((row) => Object.values(row).slice(0, 4)),
    [
      [2, 3, 'b', ['n.rises']],
      [3, 7, 'd', ['primary_key']],
    ],
  );
  assert.equal(made.version.rows, 2);
});

test('nothing to put aside leaves the files as they are; where no row would be left, all stay and the checks fail', async () => {
  await using dataset = await testDataset();
  await dataset.write('a.csv', 'id,n,s\n1,1,a\n');
  const clean = await dataset.run({ contract, quarantine: { checks: [], goesOn: true } });
  assert.deepEqual([await quarantined(dataset, clean), told(clean), clean.result.facts['quarantined']], [[], [], 0]);
  assert.deepEqual(await textsOf(dataset.store, clean.result, 'files'), { 'a.csv': 'id,n,s\n1,1,a\n' });

  await dataset.write('a.csv', 'id,n,s\n1,-1,a\n');
  const none = await dataset.run({ contract, quarantine: { checks: [], goesOn: true } });
  assert.deepEqual([none.version.rows, none.version.verdict], [1, 'fail']);
});

test('a check that is none of rows is refused, and so is a dataset without a data contract', async () => {
  await using dataset = await withCsv();
  const refused = async (checks: readonly string[], text?: string): Promise<readonly (string | null)[]> => {
    const error = await dataset
      .run({ ...(text !== undefined && { contract: text }), quarantine: { checks, goesOn: true } })
      .catch((thrown: unknown) => thrown);
    assert.ok(error instanceof TidegateError, String(error));
    return [error.diagnostics[0].code, error.diagnostics[0].message, error.diagnostics[0].hint];
  };
  assert.deepEqual(await refused(['n.minmum'], contract), [
    'TG-DATA-QUARANTINE',
    'Cannot put rows of data.t aside by "n.minmum": its data contract has no check of rows of that name',
    'Did you mean "n.minimum"?',
  ]);
  assert.equal((await refused([]))[0], 'TG-DATA-QUARANTINE');
});
