import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Digest } from '@tidegate/formats';
import { folderObjectStore, type ObjectStore, readRecord } from '../../store/index.ts';
import { testDataset, type TestDataset, type TestVersion } from '../test-dataset.ts';

const rows = (from: number, to: number, extra = ''): string =>
  `SELECT i AS id, sin(i) * 40 AS x, 'AB-' || i % 50 AS word, TIMESTAMP '2026-01-01' + INTERVAL (i) MINUTE AS at ${extra} FROM range(${from}, ${to}) t(i)`;

function partsOf({ version }: TestVersion): readonly Digest[] {
  return version.profile.parts === undefined ? [] : [version.profile.parts];
}

async function partsListed(dataset: TestDataset, made: TestVersion): Promise<ReadonlySet<string>> {
  const [digest] = partsOf(made);
  assert.ok(digest !== undefined);
  return new Set((await readRecord(dataset.store, 'tidegate.profile-parts/1', digest)).parts.map(({ part }) => part));
}

test('of files only what no earlier version has is measured, and the record is the same to the byte as when all of it is', async () => {
  await using dataset = await testDataset();
  for (const month of [0, 1, 2]) await dataset.writeParquet(`${month}.parquet`, rows(month * 100, month * 100 + 100));
  const before = await dataset.run();
  await dataset.writeParquet('1.parquet', rows(1000, 1030));
  await dataset.writeParquet('3.parquet', rows(300, 310));

  const again = await dataset.run({ formerParts: partsOf(before) });
  const afresh = await dataset.run();
  const unchanged = await dataset.run({ formerParts: partsOf(again) });

  assert.equal(again.result.facts['measuredRows'], 40);
  assert.equal(unchanged.result.facts['measuredRows'], 0);
  assert.equal(afresh.result.facts['measuredRows'], undefined);
  assert.deepEqual(again.result.outputs, afresh.result.outputs);
  assert.deepEqual(unchanged.result.outputs, afresh.result.outputs);
});

test('of a table the parts of its groups are kept, and one that has changed in a delta is measured as it is with it', async () => {
  await using dataset = await testDataset();
  const table = { key: ['id'] };
  await dataset.writeParquet('t.parquet', rows(0, 60_000));
  const before = await dataset.run({ table });
  await dataset.writeParquet('t.parquet', `${rows(0, 59_999)} UNION ALL ${rows(70_000, 70_001)}`);
  const tree = before.version.tree;

  const again = await dataset.run({ table, former: [tree], formerParts: partsOf(before) });
  const afresh = await dataset.run({ table, former: [tree] });

  assert.equal(again.version.rows, 60_000);
  assert.deepEqual(again.result.outputs, afresh.result.outputs);
  assert.equal(again.version.profile.columns[0]?.max, 70_000);
});

test('a column that is of persons from now on is measured anew, and its values leave the parts', async () => {
  await using dataset = await testDataset();
  await dataset.writeParquet('t.parquet', rows(0, 20));
  const before = await dataset.run();
  const contract = `apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: draft
schema:
  - name: t
    properties:
      - { name: word, logicalType: string, customProperties: [{ property: tidegate.personal, value: true }] }
`;

  const after = await dataset.run({ contract, formerParts: partsOf(before) });

  for (const part of await partsListed(dataset, after))
    assert.doesNotMatch(await dataset.store.readBytes(part as Digest).then((bytes) => Buffer.from(bytes).toString()), /AB-1/);
  assert.equal(after.result.facts['measuredRows'], undefined);
});

test('a part that is no longer in the store is measured again', async () => {
  await using dataset = await testDataset();
  await dataset.writeParquet('t.parquet', rows(0, 20));
  const made = await dataset.run({ formerParts: [`sha256:${'0'.repeat(64)}` as Digest] });

  assert.equal(made.version.profile.columns[0]?.distinct, 20);
});

test('files of CSV and of JSON lines have parts like those of Parquet', async () => {
  await using dataset = await testDataset();
  await dataset.write('a.csv', 'id,word\n1,AB-12\n2,AB-13\n');
  await dataset.write('b.csv', 'id,word\n2.5,x\n,\n');
  const { version } = await dataset.run();
  const [id, word] = version.profile.columns;

  assert.deepEqual([id?.distinct, id?.nulls, id?.min, id?.max, id?.mean], [3, 1, 1, 2.5, 5.5 / 3]);
  assert.deepEqual(word?.patterns, {
    rows: 3,
    values: [
      { value: 'AA-99', count: 2 },
      { value: 'a', count: 1 },
    ],
  });
  assert.deepEqual([word?.lengths?.min, word?.lengths?.max], [1, 5]);
});

test('of many files the parts that did not change are neither measured nor serialised again', async () => {
  await using dataset = await testDataset();
  for (let day = 0; day < 20; day++) await dataset.writeParquet(`${day}.parquet`, rows(day * 50, day * 50 + 50));
  const before = await dataset.run();
  await dataset.writeParquet('7.parquet', rows(2000, 2050));
  const { putJson } = dataset.store;
  const parts: unknown[] = [];
  Object.assign(dataset.store, {
    putJson: (value) => {
      if (typeof value === 'object' && value !== null && 'format' in value && value.format === 'tidegate.profile-part/1') parts.push(value);
      return putJson(value);
    },
  } satisfies Partial<ObjectStore>);

  const again = await dataset.run({ formerParts: partsOf(before) });

  assert.equal(again.result.facts['measuredRows'], 50);
  assert.equal(parts.length, 2, 'the part of the new file, and the one of all rows');
  assert.equal((await partsListed(dataset, again)).size, 20);
});

test('a part of an earlier version that a garbage collection takes once it was read is in the store again with the version', async () => {
  await using dataset = await testDataset();
  for (const month of [0, 1]) await dataset.writeParquet(`${month}.parquet`, rows(month * 100, month * 100 + 100));
  const before = await dataset.run();
  const listed = await partsListed(dataset, before);
  await dataset.writeParquet('1.parquet', rows(1000, 1030));
  const { readBytes } = dataset.store;
  const collecting = folderObjectStore(join(dataset.root, '../objects'));
  const taken: string[] = [];
  Object.assign(dataset.store, {
    readBytes: async (digest: Digest) => {
      const read = await readBytes(digest);
      if (listed.has(digest)) {
        collecting.remove(digest);
        taken.push(digest);
      }
      return read;
    },
  } satisfies Partial<ObjectStore>);

  const again = await dataset.run({ formerParts: partsOf(before) });

  assert.equal(taken.length, 1);
  for (const part of await partsListed(dataset, again)) assert.equal(await dataset.store.has(part as Digest), true);
});
