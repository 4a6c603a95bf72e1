import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { type Digest, hexOf, type KeyedPart } from '@tidegate/formats';
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

test('a file without columns that others have is measured by itself, with as many rows without a value', async () => {
  await using dataset = await testDataset();
  const more = ', i AS a, i + 1 AS b, i + 2 AS c';
  for (const month of [0, 1]) await dataset.writeParquet(`${month}.parquet`, rows(month * 100, month * 100 + 100, more));
  const before = await dataset.run();
  await dataset.writeParquet('2.parquet', rows(200, 230));

  const { version, result } = await dataset.run({ formerParts: partsOf(before) });

  assert.equal(result.facts['measuredRows'], 30);
  assert.deepEqual(
    version.profile.columns.map(({ name, nulls }) => [name, nulls]),
    [
      ['id', 0],
      ['x', 0],
      ['word', 0],
      ['at', 0],
      ['a', 30],
      ['b', 30],
      ['c', 30],
    ],
  );
});

test('of many files what did not change is neither measured nor merged again, and hardly any of it is read', async () => {
  await using dataset = await testDataset();
  for (let day = 0; day < 20; day++) await dataset.writeParquet(`${day}.parquet`, rows(day * 50, day * 50 + 50));
  const before = await dataset.run();
  await dataset.writeParquet('7.parquet', rows(2000, 2050));
  const { read, put } = watched(dataset.store);

  const again = await dataset.run({ formerParts: partsOf(before) });

  assert.equal(again.result.facts['measuredRows'], 50);
  const merged = [before, again].map((made) => mergedOf(dataset, made));
  const [old, young] = [new Set((await merged[0])?.map(({ key }) => key)), (await merged[1]) ?? []];
  assert.ok(old.size >= 2, 'parts are merged step by step');
  assert.equal(put.size, 1 + young.filter(({ key }) => !old.has(key)).length, 'the part of the new file, and what it is merged into');
  assert.ok(put.size < old.size + 1, `${put.size} parts were made of ${old.size + 20}`);
  assert.ok(read.size < 20, `${read.size} parts were read`);
  assert.equal((await partsListed(dataset, again)).size, 20);
});

test('a merged part that is missing or damaged is made again, and so is one whose parts are', async () => {
  await using dataset = await testDataset();
  for (let day = 0; day < 20; day++) await dataset.writeParquet(`${day}.parquet`, rows(day * 50, day * 50 + 50));
  const before = await dataset.run();
  const objects = folderObjectStore(join(dataset.root, '../objects'));
  const merged = await mergedOf(dataset, before);
  const [first, second] = merged.map(({ part }) => part);
  const [part] = await partsListed(dataset, before);
  assert.ok(first !== undefined && second !== undefined && part !== undefined);

  for (const gone of [[first], [second, part as Digest], merged.map((one) => one.part)]) {
    for (const digest of gone) objects.remove(digest);
    const again = await dataset.run({ formerParts: partsOf(before) });

    assert.deepEqual(again.result.outputs, before.result.outputs);
    for (const digest of gone) assert.equal(await dataset.store.has(digest), true);
  }

  using database = new DatabaseSync(join(dataset.root, '../objects/small.sqlite'));
  database
    .prepare('UPDATE object SET bytes = ? WHERE digest = ?')
    .run(Buffer.from('{"format":"tidegate.'), Buffer.from(hexOf(first), 'hex'));
  await dataset.writeParquet('0.parquet', rows(3000, 3050));
  const now = await dataset.run({ formerParts: partsOf(before) });
  const afresh = await dataset.run();

  assert.deepEqual(now.result.outputs, afresh.result.outputs);
});

test('no garbage collection takes a part of an earlier version that a new one has as well', async () => {
  await using dataset = await testDataset();
  for (const month of [0, 1, 2]) await dataset.writeParquet(`${month}.parquet`, rows(month * 100, month * 100 + 100));
  const before = await dataset.run();
  await dataset.writeParquet('1.parquet', rows(1000, 1030));
  using collecting = folderObjectStore(join(dataset.root, '../objects'));
  using database = new DatabaseSync(join(dataset.root, '../objects/small.sqlite'));
  database.exec('UPDATE object SET stored_at = 1');
  const old = [...(await partsListed(dataset, before))].map((part) => part as Digest);
  const { readJson } = dataset.store;
  const taken: unknown[] = [];
  Object.assign(dataset.store, {
    readJson: async (digest: Digest) => {
      const read = await readJson(digest);
      if (old.includes(digest)) taken.push(...collecting.removeOlder(old, () => Date.now() - 3_600_000));
      return read;
    },
  } satisfies Partial<ObjectStore>);

  const again = await dataset.run({ formerParts: partsOf(before) });

  assert.equal(taken.length, 1, 'the part of the file that changed, and no other');
  for (const part of await partsListed(dataset, again)) assert.equal(await dataset.store.has(part as Digest), true);
});

async function mergedOf(dataset: TestDataset, made: TestVersion): Promise<readonly KeyedPart[]> {
  const [digest] = partsOf(made);
  assert.ok(digest !== undefined);
  return (await readRecord(dataset.store, 'tidegate.profile-parts/1', digest)).merged ?? [];
}

/** The profile parts that are read and put from now on. */
function watched(store: ObjectStore): { readonly read: ReadonlySet<string>; readonly put: ReadonlySet<string> } {
  const [read, put] = [new Set<string>(), new Set<string>()];
  const { putJson, readJson } = store;
  const isPart = (value: unknown): boolean =>
    typeof value === 'object' && value !== null && 'format' in value && value.format === 'tidegate.profile-part/1';
  Object.assign(store, {
    putJson: async (value) => {
      const stored = await putJson(value);
      if (isPart(value)) put.add(stored.digest);
      return stored;
    },
    readJson: async (digest) => {
      const value = await readJson(digest);
      if (isPart(value)) read.add(digest);
      return value;
    },
  } satisfies Partial<ObjectStore>);
  return { read, put };
}
