import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DatasetVersion } from '@tidegate/formats';
import { testDataset } from '../test-dataset.ts';
import { compareRows } from './compare-rows.ts';

const signal = new AbortController().signal;
const rows = 'SELECT i AS id, (i * 7) % 50 AS a, md5(i::VARCHAR) AS b, i / 3.0 AS c FROM range(3000) r(i)';
const later = `
  SELECT id, CASE WHEN id % 500 = 3 THEN a + 1 ELSE a END AS a, CASE WHEN id % 1000 = 3 THEN NULL ELSE b END AS b, c FROM (${rows}) WHERE id <> 1200
  UNION ALL SELECT 5000 + i, 1, 'new', 0.5 FROM range(4) r(i)`;
const found = {
  added: 4,
  removed: 1,
  changed: 6,
  changedColumns: [
    { name: 'a', rows: 6 },
    { name: 'b', rows: 3 },
  ],
};

for (const [kind, table, key] of [
  ['tables', { key: ['id'] }, null],
  ['files', undefined, ['id']],
] as const)
  test(`rows of ${kind} that were added, removed and changed are counted exactly, with examples`, async () => {
    await using dataset = await testDataset();
    const { store } = dataset;
    await dataset.writeParquet('a.parquet', rows);
    const { version: before } = await dataset.run({ ...(table !== undefined && { table }) });
    await dataset.writeParquet('a.parquet', later);
    const { version: after } = await dataset.run({ ...(table !== undefined && { table, former: [before.tree] }) });

    const { examples, ...counts } = await compareRows({ store, before, after, key, limit: 2, signal });

    assert.deepEqual(counts, { key: ['id'], ...found, renamed: [], pieces: { all: 2, read: 2 } });
    assert.deepEqual(
      examples.removed.map(({ id, a }) => [id, a]),
      [[1200, 0]],
    );
    assert.deepEqual(
      examples.added.map(({ id }) => id),
      [5000, 5001],
    );
    assert.deepEqual(
      examples.changed.map((change) => [change.before['id'], change.before['a'], change.after['a'], change.after['b'] === null]),
      [
        [3, 21, 22, true],
        [503, 21, 22, false],
      ],
    );
    assert.equal((await compareRows({ store, before: after, after: before, key, limit: 0, signal })).added, 1);
  });

for (const [kind, table] of [
  ['tables', { key: ['n'] }],
  ['files', undefined],
] as const)
  test(`columns of ${kind} may have any name`, async () => {
    await using dataset = await testDataset();
    const { store } = dataset;
    await dataset.writeParquet('a.parquet', 'SELECT i AS n, 1::BIGINT AS o, 2 AS kind, 3 AS counts, 4 AS "a b" FROM range(3) r(i)');
    const { version: before } = await dataset.run({ ...(table !== undefined && { table }) });
    await dataset.writeParquet('a.parquet', 'SELECT i AS n, i AS o, 2 AS kind, 3 AS counts, 4 AS "a b" FROM range(1, 4) r(i)');
    const { version: after } = await dataset.run({ ...(table !== undefined && { table, former: [before.tree] }) });

    const { added, removed, changed, examples } = await compareRows({ store, before, after, key: ['n'], limit: 1, signal });

    assert.deepEqual([added, removed, changed], [1, 1, 1]);
    assert.deepEqual(examples.added, [{ n: 3, o: 3, kind: 2, counts: 3, 'a b': 4 }]);
  });

test('rows without a key are compared as a whole, each as often as it is there, and files of both versions are not read', async () => {
  await using dataset = await testDataset();
  await dataset.writeParquet('a.parquet', rows);
  await dataset.writeParquet('b.parquet', 'SELECT 1 AS id, 2 AS a, NULL AS b, 0.0 AS c FROM range(3)');
  const { version: before } = await dataset.run();
  await dataset.writeParquet('b.parquet', 'SELECT 1 AS id, 2 AS a, NULL AS b, 0.0 AS c FROM range(2)');
  const { version: after } = await dataset.run();

  const { examples, ...counts } = await compareRows({ store: dataset.store, before, after, key: null, limit: 5, signal });

  assert.deepEqual(counts, { key: [], added: 0, removed: 1, changed: 0, changedColumns: [], renamed: [], pieces: { all: 4, read: 2 } });
  assert.equal(examples.removed.length, 3);
});

test('a link whose file has another name in the other version is compared by its bytes', async () => {
  await using dataset = await testDataset();
  const { store } = dataset;
  await dataset.writeParquet('a.parquet', 'SELECT 1 AS id FROM range(3)');
  const { version } = await dataset.run();
  const [file] = (await store.readTree(version.tree)).entries;
  assert.ok(file !== undefined);
  const link = { ...file, path: file.path.replace('a.parquet', 'link.parquet'), link: 'a.parquet' };
  const moved = { ...file, path: file.path.replace('a.parquet', 'r.parquet') };
  const [before, after] = [await store.putEntries([file, link]), await store.putEntries([moved])];

  const { removed, added } = await compareRows({
    store,
    before: { ...version, tree: before.digest },
    after: { ...version, tree: after.digest },
    key: null,
    limit: 0,
    signal,
  });

  assert.deepEqual({ removed, added }, { removed: 3, added: 0 });
});

test('a column that was renamed is found by its values, and the rest is compared as before', async () => {
  await using dataset = await testDataset();
  const versions: DatasetVersion[] = [];
  for (const query of [rows, `SELECT id, a AS amount, b, c + (id = 7)::INTEGER AS c FROM (${rows})`]) {
    await dataset.writeParquet('a.parquet', query);
    versions.push((await dataset.run({ table: { key: ['id'] }, former: versions.map(({ tree }) => tree) })).version);
  }
  const [before, after] = versions;
  assert.ok(before !== undefined && after !== undefined);

  const { renamed, changed, changedColumns } = await compareRows({ store: dataset.store, before, after, key: null, limit: 1, signal });

  assert.deepEqual(renamed, [{ before: 'a', after: 'amount' }]);
  assert.deepEqual([changed, changedColumns], [1, [{ name: 'c', rows: 1 }]]);
});

test('a key of which a version has no column is refused', async () => {
  await using dataset = await testDataset();
  await dataset.writeParquet('a.parquet', rows);
  const { version } = await dataset.run();

  await assert.rejects(
    compareRows({ store: dataset.store, before: version, after: version, key: ['nr'], limit: 1, signal }),
    /TG-DATA-TABLE-KEY: Cannot compare the rows of data.t: not both versions have a column "nr" of one type/,
  );
});
