import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from '@tidegate/runtime';
import { datasetSql } from './read/dataset-sql.ts';
import { type TestDataset, testDataset, type TestVersion } from './test-dataset.ts';

const header = 'id,at,amount,note\n';
const line = (id: number, amount = id / 2): string => `${id},2024-0${1 + (id % 3)}-05 10:00:00,${amount},"note, ${id % 4}"\n`;
const lines = (ids: readonly number[], amount?: number): string => header + ids.map((id) => line(id, amount)).join('');
const hundred = Array.from({ length: 100 }, (_, id) => id);

async function rowsOf({ store }: TestDataset, { version }: TestVersion): Promise<readonly unknown[]> {
  using engine = await openEngine({ threads: 1 });
  return await engine.rows(`SELECT id, amount FROM (${await datasetSql(store, version, version.tree)}) ORDER BY id`);
}

test('a CSV dataset with a table reads as Parquet with the types of its columns, and the files of the source are not stored', async () => {
  await using dataset = await testDataset();
  await dataset.write('a.csv', lines(hundred));

  const first = await dataset.run({ table: { key: ['id'] } });

  assert.equal(first.version.fileFormat, 'parquet');
  assert.deepEqual(
    first.version.columns.map(({ name, physicalType }) => `${name} ${physicalType}`),
    ['id BIGINT', 'at TIMESTAMP', 'amount DOUBLE', 'note VARCHAR'],
  );
  const { entries } = await dataset.store.readTree(first.version.tree);
  assert.deepEqual(
    entries.map(({ path }) => path),
    ['tables/t/part-000000.parquet'],
  );
  assert.deepEqual((await rowsOf(dataset, first)).at(3), { id: 3, amount: 1.5 });
  assert.equal((await dataset.store.missing([{ digest: await dataset.digestOf('a.csv'), bytes: null }])).length, 1);
});

test('the same rows in other files and another order are the same dataset version; a changed row is another one', async () => {
  await using dataset = await testDataset();
  await dataset.write('a.csv', lines(hundred));
  const first = await dataset.run({ table: { key: ['id'] } });
  await dataset.write('a.csv', lines(hundred.slice(40).reverse()));
  await dataset.write('b.csv', lines(hundred.slice(0, 40)));

  const again = await dataset.run({ table: { key: ['id'] }, former: [first.version.tree] });

  assert.deepEqual(again.version, first.version);
  await dataset.write('b.csv', lines(hundred.slice(0, 39)) + line(39, 7));
  const other = await dataset.run({ table: { key: ['id'] }, former: [first.version.tree] });
  assert.notEqual(other.version.tree, first.version.tree);
  assert.deepEqual((await rowsOf(dataset, other)).at(39), { id: 39, amount: 7 });
  assert.deepEqual((await rowsOf(dataset, first)).at(39), { id: 39, amount: 19.5 });
  await dataset.write('b.csv', lines(hundred.slice(0, 40)));
  const back = await dataset.run({ table: { key: ['id'] }, former: [other.version.tree, first.version.tree] });
  assert.equal(back.version.tree, first.version.tree);
});

test('partitions older than "keep" says are left out of a new version, and that is said', async () => {
  await using dataset = await testDataset();
  await dataset.write('a.csv', lines(hundred));

  const all = await dataset.run({ table: { key: ['id'], partition: 'month(at)' } });
  const two = await dataset.run({ table: { key: ['id'], partition: 'month(at)', keep: { partitions: 2 } } });
  const near = await dataset.run({ table: { key: ['id'], partition: 'month(at)', keep: { ms: 29 * 86_400_000 } } });

  assert.equal((await dataset.store.readTree(all.version.tree)).entries.length, 3);
  assert.equal(two.version.rows, 66);
  assert.deepEqual([two.result.facts['droppedRows'], two.result.facts['droppedBefore']], [34, '2024-02']);
  assert.equal(near.version.tree, two.version.tree);
});
