import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TestVersion, testDataset } from './test-dataset.ts';

/** A month of flights of a small airline as rows; `i` numbers them. */
const month = (number: number): string => `
  SELECT i, make_timestamp(2013, ${number}, 1 + i // 100, 6 + i % 12, (i * 7) % 60, 0.0) AS sched_dep,
         ['AA', 'DL', 'UA'][1 + i % 3] AS carrier, 100 + i % 100 AS flight, ['EWR', 'JFK', 'LGA'][1 + (i // 3) % 3] AS origin,
         200.0::DOUBLE + 37 * (i % 90) AS distance, CASE WHEN i % 50 = 0 THEN NULL ELSE i % 120 - 20 END AS arr_delay
  FROM range(2800) t(i)`;

const asFile = (rows: string): string => `SELECT * EXCLUDE i FROM (${rows}) ORDER BY i`;

const contract = `
apiVersion: v3.1.0
kind: DataContract
id: flights
version: 1.0.0
status: active
schema:
  - name: flights
    properties:
      - { name: sched_dep, logicalType: timestamp, required: true, primaryKey: true, primaryKeyPosition: 1 }
      - { name: flight, logicalType: integer, required: true, primaryKey: true, primaryKeyPosition: 2 }
      - name: carrier
        logicalType: string
        required: true
        quality: [{ metric: invalidValues, arguments: { validValues: [AA, DL, UA] }, mustBe: 0 }]
      - { name: origin, logicalType: string, required: true }
      - { name: distance, logicalType: number, logicalTypeOptions: { minimum: 0, maximum: 3600 } }
      - { name: arr_delay, logicalType: integer }
`;

/** A unit changed from mile to kilometre, a code that nobody knows, nulls in a required column, rows sent twice. */
const planted = (rows: string): string => `
  WITH spoilt AS (
    SELECT * REPLACE (
      CASE WHEN i % 400 = 7 THEN 'ZZ' ELSE carrier END AS carrier,
      CASE WHEN i BETWEEN 1000 AND 1056 THEN NULL ELSE origin END AS origin,
      CASE WHEN i >= 2000 THEN distance * 1.609344 ELSE distance END AS distance)
    FROM (${rows}))
  SELECT * FROM spoilt UNION ALL SELECT * FROM spoilt WHERE i % 70 = 3`;

const byName = ({ result }: TestVersion, name: string) => result.evidence.find((evidence) => evidence.name === name);

test('clean months keep every promise', async () => {
  await using dataset = await testDataset();
  for (const number of [7, 8]) await dataset.writeParquet(`data/2013-0${number}.parquet`, asFile(month(number)));

  const { version, result } = await dataset.run({ contract, time: 'sched_dep' });

  assert.deepEqual(
    result.evidence.filter(({ verdict }) => verdict !== 'pass'),
    [],
  );
  assert.equal(version.verdict, 'pass');
  assert.equal(version.rows, 5600);
  assert.equal(byName({ version, result }, 'distance.maximum')?.reason, 'distance is at most 3600: 0 of 5600 rows are above, largest 3493');
});

test('a changed unit, a new code, nulls and repeated rows are each found with counts and rows', async () => {
  await using dataset = await testDataset();
  await dataset.writeParquet('data/2013-08.parquet', asFile(month(8)));
  await dataset.writeParquet('data/2013-09.parquet', asFile(planted(month(9))));

  const made = await dataset.run({ contract, time: 'sched_dep' });

  const failed = made.result.evidence.filter(({ verdict }) => verdict !== 'pass');
  assert.deepEqual(
    failed.map(({ name, verdict, blocking }) => [name, verdict, blocking]),
    [
      ['carrier.valid_values', 'fail', true],
      ['origin.required', 'fail', true],
      ['distance.maximum', 'fail', true],
      ['primary_key', 'fail', true],
    ],
  );
  const indexes = Array.from({ length: 2800 }, (_, i) => i);
  const sent = [...indexes, ...indexes.filter((i) => i % 70 === 3)];
  const count = (isBad: (i: number) => boolean): number => sent.filter(isBad).length;
  const isFar = (i: number): boolean => i >= 2000 && (200 + 37 * (i % 90)) * 1.609344 > 3600;
  assert.deepEqual(
    failed.map(({ reason }) => reason),
    [
      `carrier is one of AA, DL, UA: ${count((i) => i % 400 === 7)} of 5640 rows are not, for instance "ZZ"`,
      `origin is never null: ${count((i) => i >= 1000 && i <= 1056)} of 5640 rows are`,
      `distance is at most 3600: ${count(isFar)} of 5640 rows are above, largest 5621.44`,
      'sched_dep, flight, the primary key, are unique together: 40 of 5640 rows repeat another',
    ],
  );
  assert.equal(made.version.verdict, 'fail');
  assert.equal(made.version.rows, 5640);
});

test('examples of a failed check show the key, the value and the file', async () => {
  await using dataset = await testDataset();
  await dataset.writeParquet('data/2013-08.parquet', asFile(month(8)));
  await dataset.writeParquet('data/2013-09.parquet', asFile(planted(month(9))));

  const { version } = await dataset.run({ contract });

  const examples = (name: string) => version.checks.find((check) => check.name === name)?.examples;
  assert.deepEqual(plain(examples('carrier.valid_values')?.slice(0, 2)), [
    { sched_dep: '2013-09-01T13:49:00.000Z', flight: 107, carrier: 'ZZ', tidegate_file: 'data/2013-09.parquet' },
    { sched_dep: '2013-09-05T17:29:00.000Z', flight: 107, carrier: 'ZZ', tidegate_file: 'data/2013-09.parquet' },
  ]);
  assert.equal(examples('origin.required')?.length, 5);
  assert.deepEqual(plain(examples('primary_key')), [
    { sched_dep: '2013-09-01T07:31:00.000Z', flight: 173, tidegate_file: 'data/2013-09.parquet' },
    { sched_dep: '2013-09-01T07:31:00.000Z', flight: 173, tidegate_file: 'data/2013-09.parquet' },
    { sched_dep: '2013-09-01T09:21:00.000Z', flight: 103, tidegate_file: 'data/2013-09.parquet' },
    { sched_dep: '2013-09-01T09:21:00.000Z', flight: 103, tidegate_file: 'data/2013-09.parquet' },
    { sched_dep: '2013-09-02T17:41:00.000Z', flight: 143, tidegate_file: 'data/2013-09.parquet' },
  ]);
});

test('the same files give the same record, byte for byte', async () => {
  await using dataset = await testDataset();
  await dataset.writeParquet('data/2013-09.parquet', asFile(planted(month(9))));

  const first = await dataset.run({ contract, holdout: 0.2 });
  const second = await dataset.run({ contract, holdout: 0.2 });

  assert.deepEqual(second.result.outputs, first.result.outputs);
});

/** Records read from JSON have no prototype. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
