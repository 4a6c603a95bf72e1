import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from '@tidegate/runtime';
import { compareRows } from './rows/compare-rows.ts';
import { datasetSql } from './read/dataset-sql.ts';
import { type TestDataset, testDataset, type TestVersion } from './test-dataset.ts';

const byDay = { by: 'day(day)', keep: null } as const;

async function rowsOf({ store }: TestDataset, { version }: TestVersion, select = '*'): Promise<readonly unknown[]> {
  using engine = await openEngine({ threads: 1 });
  return await engine.rows(`SELECT ${select} FROM (${await datasetSql(store, version, version.tree)})`);
}

const columnsOf = ({ version }: TestVersion): readonly string[] =>
  version.columns.map(({ name, physicalType, folder }) => `${name} ${physicalType}${folder ? ' folder' : ''}`);

test('names of folders are columns of all rows in them, with the type that all of them have, in each format', async () => {
  const select = 'id, CAST(day AS VARCHAR) AS day, region, batch';
  const expected = [
    { id: 1, day: '2026-01-01', region: 'north', batch: 7 },
    { id: 2, day: '2026-01-02', region: 'south/east', batch: 12 },
  ];
  const folders = ['data/day=2026-01-01/region=north/batch=07', 'data/day=2026-01-02/region=south%2Feast/batch=12'];
  for (const format of ['csv', 'jsonl', 'parquet']) {
    await using dataset = await testDataset();
    for (const [index, folder] of folders.entries()) {
      const path = `${folder}/a.${format}`;
      if (format === 'parquet') await dataset.writeParquet(path, `SELECT ${index + 1} AS id`);
      else await dataset.write(path, format === 'csv' ? `id\n${index + 1}\n` : `{"id":${index + 1}}\n`);
    }

    const made = await dataset.run({ partitions: byDay });

    assert.deepEqual(columnsOf(made).slice(1), ['day DATE folder', 'region VARCHAR folder', 'batch BIGINT folder'], format);
    assert.deepEqual(await rowsOf(dataset, made, select), expected, format);
    assert.deepEqual(
      made.version.profile.columns.find(({ name }) => name === 'day'),
      { ...made.version.profile.columns.find(({ name }) => name === 'day'), min: '2026-01-01', max: '2026-01-02', nulls: 0 },
    );
  }
});

test('a data contract checks them, and says their type', async () => {
  await using dataset = await testDataset();
  await dataset.write('data/zip=01234/a.csv', 'id\n1\n2\n');
  await dataset.write('data/zip=99999/a.csv', 'id\n3\n');
  const contract = `
apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema:
  - name: t
    properties:
      - name: id
        logicalType: integer
      - name: zip
        logicalType: string
        quality:
          - metric: invalidValues
            mustBe: 0
            arguments: { validValues: ['01234'] }
`;

  const { version } = await dataset.run({ contract, partitions: { by: 'value(zip)', keep: null } });

  assert.equal(version.columns.find(({ name }) => name === 'zip')?.physicalType, 'VARCHAR');
  assert.deepEqual(
    version.checks
      .filter(({ verdict }) => verdict === 'fail')
      .map(({ column, failingRows, examples }) => [column, failingRows, examples[0]?.['zip']]),
    [['zip', 1, '99999']],
  );
});

test('files of partitions that are not kept are in no version', async () => {
  await using dataset = await testDataset();
  for (const day of [1, 2, 3]) await dataset.write(`data/day=2026-01-0${day}/a.csv`, `id\n${day}\n`);

  const { version } = await dataset.run({ partitions: { by: 'day(day)', keep: { partitions: 2 } } });

  assert.deepEqual(
    (await dataset.store.readTree(version.tree)).entries.map(({ path }) => path),
    ['data/day=2026-01-02/a.csv', 'data/day=2026-01-03/a.csv'],
  );
  assert.equal(version.rows, 2);
});

test('a new partition costs its own bytes and no others', async () => {
  await using dataset = await testDataset();
  await dataset.writeParquet('data/day=2026-01-01/a.parquet', 'SELECT range AS id, hash(range) AS h FROM range(20000)');
  const first = await dataset.run({ partitions: byDay });
  await dataset.writeParquet('data/day=2026-01-02/a.parquet', 'SELECT range AS id, hash(range + 7) AS h FROM range(100)');

  const second = await dataset.run({ partitions: byDay });

  const known = new Set((await dataset.store.readTree(first.version.tree)).entries.map(({ digest }) => digest));
  const news = (await dataset.store.readTree(second.version.tree)).entries.filter(({ digest }) => !known.has(digest));
  assert.deepEqual(
    news.map(({ path }) => path),
    ['data/day=2026-01-02/a.parquet'],
  );
});

test('a column that all files have themselves is theirs, and one that only some have is refused', async () => {
  await using dataset = await testDataset();
  await dataset.write('data/day=2026-01-01/a.csv', 'id,day\n1,first\n');
  await dataset.write('data/day=2026-01-02/a.csv', 'id,day\n2,second\n');

  const made = await dataset.run({ partitions: byDay });

  assert.deepEqual(columnsOf(made), ['id BIGINT', 'day VARCHAR']);
  await dataset.write('data/day=2026-01-03/a.csv', 'id\n3\n');
  await assert.rejects(dataset.run({ partitions: byDay }), /Cannot read the column "day": "data\/day=2026-01-01\/a\.csv" has it/);
});

test('without "partitions" folders are names and no columns; rows of a table have them in any case', async () => {
  await using dataset = await testDataset();
  await dataset.writeParquet('data/day=2026-01-01/a.parquet', 'SELECT 1 AS id');
  await dataset.writeParquet('data/day=2026-01-02/a.parquet', 'SELECT 2 AS id');

  assert.deepEqual(columnsOf(await dataset.run()), ['id INTEGER']);
  const table = await dataset.run({ table: { key: ['id'], partition: 'day(day)', keep: { partitions: 1 } } });
  assert.deepEqual(columnsOf(table), ['id INTEGER', 'day DATE']);
  assert.deepEqual(await rowsOf(dataset, table, 'id, CAST(day AS VARCHAR) AS day'), [{ id: 2, day: '2026-01-02' }]);
});

test('the same bytes in another folder are other rows to a comparison', async () => {
  await using dataset = await testDataset();
  await dataset.write('data/day=2026-01-01/a.csv', 'id\n1\n');
  await dataset.write('data/day=2026-01-02/a.csv', 'id\n1\n2\n');
  const before = await dataset.run({ partitions: byDay });
  await dataset.write('data/day=2026-01-01/a.csv', 'id\n1\n2\n');
  await dataset.write('data/day=2026-01-02/a.csv', 'id\n1\n');

  const after = await dataset.run({ partitions: byDay });
  const found = await compareRows({
    store: dataset.store,
    before: before.version,
    after: after.version,
    key: null,
    limit: 5,
    signal: new AbortController().signal,
  });

  assert.deepEqual([found.added, found.removed], [1, 1]);
});
