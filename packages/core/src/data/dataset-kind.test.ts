import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson, type DatasetVersion, type Digest, type Json, TidegateError } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { compareVersions } from './compare-versions.ts';
import { datasetNodes } from './dataset-nodes.ts';
import { datasetSql } from './read/dataset-sql.ts';
import { parseDatasetVersion } from './read-version.ts';
import { testDataset } from './test-dataset.ts';

test('a dataset is a step with its files and its data contract as inputs', () => {
  const nodes = datasetNodes({
    data: {
      flights: { from: { files: ['data/*.parquet'] }, contract: 'flights.odcs.yaml', time: 'at', holdout: null },
      houses: { from: { files: ['houses.csv'] }, contract: null, time: null, holdout: 0.2 },
    },
  });

  assert.deepEqual(
    nodes.map(({ name, inputs, outputs }) => [
      name,
      inputs.map((input) => (input.from === 'project' ? input.pattern : '')),
      outputs.map((output) => output.name),
    ]),
    [
      ['data.flights', ['data/*.parquet', 'flights.odcs.yaml'], ['version', 'files', 'schema']],
      ['data.houses', ['houses.csv'], ['version', 'files', 'schema', 'train', 'test']],
    ],
  );
});

test('a dataset of nothing but its data contract is refused', async () => {
  await using dataset = await testDataset();

  await assert.rejects(
    dataset.run({ contract: 'x' }),
    (error) => error instanceof TidegateError && error.diagnostics[0].code === 'TG-DATA-NO-FILES',
  );
});

test('mistakes in the data contract stop the step with their places', async () => {
  await using dataset = await testDataset();
  await dataset.write('a.csv', 'x\n1\n');

  await assert.rejects(dataset.run({ contract: 'kind: Contract\n' }), (error) => {
    assert.ok(error instanceof TidegateError);
    return error.diagnostics.length > 3 && error.diagnostics.every(({ place }) => place?.file === 't.odcs.yaml');
  });
});

test('a data contract that is no text is refused', async () => {
  await using dataset = await testDataset();
  await dataset.write('a.csv', 'x\n1\n');

  await assert.rejects(
    dataset.run({ contract: Buffer.from('id: caf\xe9\n', 'latin1') }),
    (error) => error instanceof TidegateError && error.diagnostics[0].code === 'TG-CONFIG-NOT-TEXT',
  );
});

test('the tree of a version is the files as the user has them', async () => {
  await using dataset = await testDataset();
  await dataset.write('data/a.csv', 'x\n1\n');
  await dataset.write('data/deep/b.csv', 'x\n2\n');

  const { version, result } = await dataset.run();

  const tree = await dataset.store.readTree(version.tree);
  assert.deepEqual(
    tree.entries.map(({ path }) => path),
    ['data/a.csv', 'data/deep/b.csv'],
  );
  assert.deepEqual(result.outputs['files'], { kind: 'tree', digest: version.tree, bytes: 8, files: 2 });
  assert.deepEqual({ ...result.facts }, { rows: 2, files: 2, bytes: 8, columns: 1, checks: 0, failed: 0 });
});

test('a record that is none is refused', async () => {
  await using dataset = await testDataset();
  await dataset.write('a.csv', 'x\n1\n');
  const { version } = await dataset.run();
  const json = JSON.parse(canonicalJson(version)) as { readonly [name: string]: Json };

  assert.equal(canonicalJson(parseDatasetVersion(json, 'x')), canonicalJson(version));
  const spoilt: readonly Json[] = [
    null,
    [],
    {},
    { ...json, format: 'tidegate.dataset-version/2' },
    { ...json, tree: 'x' },
    { ...json, columns: [{ name: 'x' }] },
    { ...json, rows: -1 },
  ];
  for (const value of spoilt)
    assert.throws(
      () => parseDatasetVersion(value, 'x'),
      (error) => error instanceof TidegateError && error.diagnostics[0].code === 'TG-DATA-VERSION',
    );
});

for (const [path, content] of [
  ['a.csv', 'n,s,t,e\n1,A7,2013-01-01T10:00:00+02:00,\nNA,NA,,\n'],
  ['a.jsonl', '{"n":1,"s":"A7","t":"2013-01-01T08:00:00Z","e":null}\n{"s":"NA"}\n'],
] as const)
  test(`queries see the rows of "${path}" with the types of the version`, async () => {
    await using dataset = await testDataset();
    await dataset.write(path, content);
    const { version } = await dataset.run();

    using engine = await openEngine({ threads: 1 });
    const rows = await engine.rows(await datasetSql(dataset.store, version, version.tree));

    assert.deepEqual(rows, [
      { n: 1, s: 'A7', t: '2013-01-01T08:00:00.000Z', e: null },
      { n: null, s: 'NA', t: null, e: null },
    ]);
  });

test('queries see both parts of a split dataset', async () => {
  await using dataset = await testDataset();
  await dataset.writeParquet('a.parquet', 'SELECT i AS n FROM range(100) t(i)');
  await dataset.writeParquet('b.parquet', 'SELECT 0.5 + i AS n, true AS late FROM range(100) t(i)');
  const { version, result } = await dataset.run({ holdout: 0.2 });
  using engine = await openEngine({ threads: 1 });
  const count = async (tree: Digest | undefined): Promise<readonly unknown[]> => {
    const sql = await datasetSql(dataset.store, version, tree ?? assert.fail());
    const [row] = await engine.rows(`SELECT count(*) AS rows, sum(n) AS total, count(late) AS late FROM (${sql})`);
    return Object.values(row ?? {});
  };

  const [train, held] = [await count(result.outputs['train']?.digest), await count(result.outputs['test']?.digest)];

  assert.deepEqual(
    train.map((value, index) => Number(value) + Number(held[index])),
    [200, 4950 * 2 + 50, 100],
  );
});

async function twoVersions(before: string, after: string): Promise<readonly [DatasetVersion, DatasetVersion]> {
  await using dataset = await testDataset();
  await dataset.writeParquet('t.parquet', before);
  const first = await dataset.run();
  await dataset.writeParquet('t.parquet', after);
  return [first.version, (await dataset.run()).version];
}

test('two versions are compared in schema, rows and figures', async () => {
  const [before, after] = await twoVersions(
    "SELECT i::DOUBLE AS miles, ['A', 'B'][1 + i % 2] AS code, i AS gone, i AS kind, 1 AS same FROM range(100) t(i)",
    "SELECT i * 1.6 AS miles, CASE WHEN i < 10 THEN 'Z' ELSE ['A', 'B'][1 + i % 2] END AS code, CASE WHEN i < 55 THEN i END AS new, i::VARCHAR AS kind, 1 AS same FROM range(110) t(i)",
  );

  const difference = compareVersions(before, after);

  assert.deepEqual(difference.rows, { before: 100, after: 110 });
  assert.deepEqual(
    difference.added.map(({ name }) => name),
    ['new'],
  );
  assert.deepEqual(
    difference.removed.map(({ name }) => name),
    ['gone'],
  );
  assert.deepEqual(difference.retyped, [{ name: 'kind', before: 'integer', after: 'string' }]);
  assert.deepEqual(
    difference.columns.map(({ name }) => name),
    ['miles', 'code', 'kind'],
  );
  const [miles, code] = difference.columns;
  assert.deepEqual(miles?.mean, { before: 49.5, after: 87.2 });
  assert.equal(miles?.shift?.toFixed(2), '1.30');
  assert.deepEqual(code?.newValues, ['Z']);
  assert.equal(difference.sameFiles, false);
});

test('a version does not differ from itself', async () => {
  const [before, after] = await twoVersions('SELECT 1 AS x', 'SELECT 1 AS x');

  const { columns, checks, added, removed, retyped, sameFiles } = compareVersions(before, after);

  assert.deepEqual(
    { columns, checks, added, removed, retyped, sameFiles },
    { columns: [], checks: [], added: [], removed: [], retyped: [], sameFiles: true },
  );
});

for (const [path, content, shown] of [
  ['a [b] * ?.csv', 'n\n1\n2\n6\n', '2'],
  ["it's.jsonl", '{"n":1}\n{"n":2}\n{"n":6}\n', 2],
] as const)
  test(`awkward names of folders and files do no harm: ${path}`, async () => {
    await using dataset = await testDataset("it's [a-z] *? {x}");
    await dataset.write(path, content);
    const contract = `{ apiVersion: v3.1.0, kind: DataContract, id: t, version: 1.0.0, status: active, schema: [{ name: t, properties: [{ name: n, logicalType: integer,
      logicalTypeOptions: { maximum: 1 }, quality: [{ type: sql, query: "SELECT max(n) FROM {object}", mustBe: 6 }] }] }] }`;

    const { version } = await dataset.run({ contract, holdout: 0.2 });

    assert.deepEqual(
      version.checks.map(({ name, verdict }) => [name, verdict]),
      [
        ['n.present', 'pass'],
        ['n.type', 'pass'],
        ['n.maximum', 'fail'],
        ['n.sql', 'pass'],
      ],
    );
    assert.deepEqual({ ...version.checks[2]?.examples[0] }, { n: shown, tidegate_file: path });
  });

test('files of any kind are a dataset without rows; what only rows can give is refused', async () => {
  await using dataset = await testDataset();
  await dataset.write('images/a.png', 'a');
  await dataset.write('images/b.txt', 'bb');

  const { version, result } = await dataset.run();

  assert.deepEqual([version.fileFormat, version.rows, version.files, version.bytes, version.columns], ['files', 0, 2, 3, []]);
  assert.deepEqual(result.evidence, []);
  await assert.rejects(
    dataset.run({ holdout: 0.2 }),
    /TG-DATA-FORMAT: Cannot use "holdout" of data\.t: its files are kept as they are and have no rows/,
  );
  await dataset.write('images/c.csv', 'a\n1\n');
  await assert.rejects(dataset.run(), /TG-DATA-FORMAT: Cannot read "images\/a\.png" as rows/);
});
