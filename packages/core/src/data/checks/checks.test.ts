import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TidegateError } from '@tidegate/formats';
import { type TestDataset, type TestVersion, testDataset } from '../test-dataset.ts';

const head = 'apiVersion: v3.1.0\nkind: DataContract\nid: t\nversion: 1.0.0\nstatus: active\n';

function withProperties(...properties: readonly string[]): string {
  return `${head}schema:\n  - name: t\n    properties:\n${properties.map((line) => `      - ${line}\n`).join('')}`;
}

/** Name, verdict and sentence of everything that is not a pass. */
function notPassed({ result }: TestVersion): readonly (readonly string[])[] {
  return result.evidence
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ name, verdict, reason, blocking }) => [name, blocking ? verdict : `${verdict}, not blocking`, reason]);
}

async function refusal(work: Promise<unknown>): Promise<readonly string[]> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof TidegateError, String(error));
  const [{ code, message, place }] = error.diagnostics;
  return [code, message, `${place?.line}`];
}

async function ofParquet(query: string): Promise<TestDataset> {
  const dataset = await testDataset();
  await dataset.writeParquet('t.parquet', query);
  return dataset;
}

test('a missing column fails, an extra one is a warning', async () => {
  await using dataset = await ofParquet('SELECT 1 AS Distance, 2 AS carier');
  const made = await dataset.run({ contract: withProperties('{ name: distance, required: true }', '{ name: tail, unique: true }') });

  assert.deepEqual(notPassed(made), [
    ['distance.present', 'fail', 'distance is there: it is not, but "Distance" is'],
    ['tail.present', 'fail', 'tail is there: it is not, so that nothing else of it was measured'],
    ['Distance.declared', 'fail, not blocking', 'Distance is in the data contract: it is not; the data has it as integer (INTEGER)'],
    ['carier.declared', 'fail, not blocking', 'carier is in the data contract: it is not; the data has it as integer (INTEGER)'],
  ]);
  assert.equal(made.version.verdict, 'fail');
});

test('warnings alone leave the verdict at pass', async () => {
  await using dataset = await ofParquet('SELECT 1 AS a, 2 AS b');
  const made = await dataset.run({
    contract: withProperties('{ name: a, quality: [{ metric: nullValues, mustBe: 1, severity: warning }] }'),
  });

  assert.equal(notPassed(made).length, 2);
  assert.equal(made.version.verdict, 'pass');
});

test('without a data contract nothing is promised, and the verdict says so', async () => {
  await using dataset = await ofParquet('SELECT 1 AS a');
  const { version, result } = await dataset.run();

  assert.deepEqual([version.verdict, version.checks, result.evidence], ['inconclusive', [], []]);
});

test('text of a CSV file that is no value of the promised type is counted and shown', async () => {
  await using dataset = await testDataset();
  await dataset.write('a.csv', 'n,d,s,w\n1,2013-01-01,x,1.0\nfew,2013-02-30,,2.0\nNA,,y,3\n1.5,2013-03-01,z,\n');
  const made = await dataset.run({
    contract: withProperties(
      '{ name: n, logicalType: integer, required: true }',
      '{ name: d, logicalType: date }',
      '{ name: s, logicalType: string }',
      '{ name: w, logicalType: integer }',
    ),
  });

  assert.deepEqual(notPassed(made), [
    ['n.type', 'fail', 'n is a whole number: 2 of 4 rows are not, for instance "few"'],
    ['n.required', 'fail', 'n is never null: 1 of 4 rows is'],
    ['d.type', 'fail', 'd is a date: 1 of 4 rows is not, for instance "2013-02-30"'],
  ]);
  assert.deepEqual(
    made.version.columns.map(({ physicalType }) => physicalType),
    ['BIGINT', 'DATE', 'VARCHAR', 'BIGINT'],
  );
});

test('types of Parquet columns are promises too', async () => {
  await using dataset = await ofParquet(`
    SELECT * FROM (VALUES (1.0::DOUBLE, 'x', TIMESTAMP '2013-01-01 00:00:00', '2013-01-01T10:00:00Z', DATE '2013-01-01', 5),
                          (1.5::DOUBLE, 'y', TIMESTAMP '2013-01-01 10:00:00', 'later', DATE '2013-01-02', 6)) t(whole, code, day, "at", since, n)`);
  const made = await dataset.run({
    contract: withProperties(
      '{ name: whole, logicalType: integer, logicalTypeOptions: { maximum: 1 } }',
      '{ name: code, logicalType: integer, logicalTypeOptions: { minimum: 3, maximum: 5 } }',
      '{ name: day, logicalType: date }',
      '{ name: at, logicalType: timestamp, physicalType: VARCHAR, logicalTypeOptions: { maximum: "2013-01-01T09:00:00Z" } }',
      '{ name: since, logicalType: timestamp, logicalTypeOptions: { exclusiveMinimum: "2013-01-01" } }',
      '{ name: n, logicalType: number }',
    ),
  });

  assert.deepEqual(notPassed(made), [
    ['whole.type', 'fail', 'whole is a whole number: 1 of 2 rows is not, for instance 1.5'],
    ['whole.maximum', 'fail', 'whole is at most 1: 1 of 2 rows is above, largest 1.5'],
    ['code.type', 'fail', 'code is a whole number: it is string (VARCHAR), so that minimum, maximum could not be measured'],
    ['day.type', 'fail', 'day is a date: 1 of 2 rows is not, for instance "2013-01-01T10:00:00.000Z"'],
    ['at.type', 'fail', 'at is a time (timestamp): 1 of 2 rows is not, for instance "later"'],
    ['at.maximum', 'fail', 'at is at most 2013-01-01T09:00:00Z: 1 of 2 rows is above, latest 2013-01-01T10:00:00.000Z'],
    ['since.exclusive_minimum', 'fail', 'since is above 2013-01-01: 1 of 2 rows is not, earliest 2013-01-01'],
  ]);
});

test('lists and objects are checked in their length and kind', async () => {
  await using dataset = await ofParquet("SELECT * FROM (VALUES ([1, 1], {'a': 1}), ([1, 2, 3], {'a': 2}), ([], NULL)) t(l, o)");
  const made = await dataset.run({
    contract: withProperties(
      '{ name: l, logicalType: array, logicalTypeOptions: { minItems: 1, maxItems: 2, uniqueItems: true } }',
      '{ name: o, logicalType: object, required: true }',
    ),
  });

  assert.deepEqual(
    notPassed(made).map(([name]) => name),
    ['l.min_items', 'l.max_items', 'l.unique_items', 'o.required'],
  );
});

test('formats of text are checked where a pattern can tell', async () => {
  const values = ['a@b.org', 'no', 'f47ac10b-58cc-4372-a567-0e02b2c3d479', '127.0.0.1', '256.0.0.1', 'http://x.org/y'];
  await using dataset = await ofParquet(
    `SELECT unnest([${values.map((value) => `'${value}'`).join(', ')}]) AS s, * FROM (SELECT unnest([1, 2, 3, 4, 5, 6]) AS n)`,
  );
  const failing = async (format: string): Promise<number | undefined> =>
    (
      await dataset.run({ contract: withProperties(`{ name: s, logicalType: string, logicalTypeOptions: { format: ${format} } }`) })
    ).version.checks.find(({ name }) => name === 's.format')?.failingRows;

  const found = [await failing('email'), await failing('uuid'), await failing('ipv4'), await failing('uri'), await failing('password')];

  const total = (await dataset.run()).version.rows;
  assert.deepEqual(found, [total - total / 6, total - total / 6, total - total / 6, total - total / 6, undefined]);
});

test('a query of the data contract gives a number that is judged', async () => {
  await using dataset = await ofParquet('SELECT i AS n FROM range(10) t(i)');
  const contract = withProperties(
    '{ name: n, quality: [{ type: sql, query: "SELECT max({property}) FROM ${object}", mustBeLessThan: 9, description: n stays below 9 }] }',
  ).replace(
    '  - name: t\n',
    '  - name: t\n    quality: [{ id: even, type: sql, query: "SELECT count(*) FILTER (n % 2 = 0) = 5 FROM {table}", mustBe: true }]\n',
  );
  const made = await dataset.run({ contract });

  assert.deepEqual(notPassed(made), [['n.sql', 'fail', 'n stays below 9: it gives 9, which is not less than 9']]);
  assert.equal(made.result.evidence.find(({ name }) => name === 'even')?.reason, 'the query even gives exactly 1: it gives 1');
});

const refusedQueries: readonly (readonly [string, RegExp])[] = [
  ["SELECT count(*) FROM read_text('/etc/hostname')", /disabled/],
  ["COPY (SELECT 1) TO '/tmp/tidegate-evil'", /it is not a SELECT/],
  ['SELECT 1; SELECT 2', /it is 2 statements, not one/],
  ['SELECT nothing FROM {object}', /Referenced column "nothing" not found/],
  ['SELECT n FROM {object}', /it gives 10 rows of 1 columns, not one number/],
  ["SELECT 'x'", /it gives "x", not a number/],
  ['SELECT NULL', /it gives NULL, not a number/],
  ['SELEC 1', /syntax error/],
];

for (const [query, message] of refusedQueries)
  test(`a query is refused: ${query}`, async () => {
    await using dataset = await ofParquet('SELECT i AS n FROM range(10) t(i)');
    const [code, text, line] = await refusal(
      dataset.run({ contract: withProperties(`name: n\n        quality: [{ type: sql, query: ${JSON.stringify(query)}, mustBe: 0 }]`) }),
    );

    assert.equal(code, 'TG-DATA-CONTRACT-QUERY');
    assert.match(text ?? '', message);
    assert.equal(line, '10');
  });

test('a pattern that could run for ever is refused with its place', async () => {
  await using dataset = await ofParquet("SELECT 'x' AS s");

  assert.deepEqual(
    await refusal(dataset.run({ contract: withProperties('{ name: s, logicalType: string, logicalTypeOptions: { pattern: "(?=a)" } }') })),
    ['TG-DATA-CONTRACT-PATTERN', 'Cannot use the pattern of "s": invalid perl operator: (?=', '9'],
  );
});

test('values of persons appear in no record', async () => {
  await using dataset = await ofParquet("SELECT 'secret' || i AS who, 971 + i AS age FROM range(3) t(i)");
  const personal = 'customProperties: [{ property: tidegate.personal, value: true }]';
  const made = await dataset.run({
    contract: withProperties(
      `{ name: who, logicalType: string, logicalTypeOptions: { maxLength: 2, pattern: "^x" }, quality: [{ metric: invalidValues, arguments: { validValues: [x] }, mustBe: 0 }], ${personal} }`,
      `{ name: age, logicalType: integer, logicalTypeOptions: { maximum: 971 }, ${personal} }`,
    ),
  });

  assert.equal(notPassed(made).length, 4);
  const records = JSON.stringify([made.version, made.result.evidence]).replaceAll(/sha256:[0-9a-f]{64}/g, '');
  assert.doesNotMatch(records, /secret|97[023456789]/);
});

test('a rule for another tool is never a pass and stops nothing', async () => {
  await using dataset = await ofParquet('SELECT 1 AS a');
  const made = await dataset.run({
    contract: withProperties(
      '{ name: a, quality: [{ type: custom, engine: soda, implementation: x }, { type: text, description: fine }] }',
    ),
  });

  assert.deepEqual(notPassed(made), [['a.custom', 'inconclusive, not blocking', 'the rule custom: not measured, it is for soda']]);
  assert.equal(made.version.verdict, 'pass');
});

test('the event time and the time from which a value is known must be times', async () => {
  await using dataset = await ofParquet(`SELECT 1 AS a, '2013-01-01' AS "at", DATE '2013-01-01' AS day`);
  const contract = withProperties(
    '{ name: a, customProperties: [{ property: tidegate.knownAt, value: at }] }',
    '{ name: at }',
    '{ name: day }',
  );
  const made = await dataset.run({ contract, time: 'day' });

  assert.deepEqual(notPassed(made), [
    ['a.known_at', 'fail', 'at, the time from which a is known, is a date or a timestamp: it is string (VARCHAR)'],
  ]);
  assert.deepEqual({ ...made.version.knownAt }, { a: 'at' });
  assert.equal(made.version.time, 'day');
  assert.deepEqual(notPassed(await dataset.run({ time: 'when' })), [
    ['time', 'fail', 'when, the event time, is a date or a timestamp: it is not there'],
  ]);
});

test('checks of one name are told apart', async () => {
  await using dataset = await ofParquet('SELECT 1 AS a');
  const { version } = await dataset.run({
    contract: withProperties(
      '{ name: a, quality: [{ metric: nullValues, mustBe: 0 }, { metric: nullValues, mustBeLessThan: 5, unit: percent }] }',
    ),
  });

  assert.deepEqual(
    version.checks.map(({ name }) => name),
    ['a.present', 'a.null_values', 'a.null_values_2'],
  );
});
