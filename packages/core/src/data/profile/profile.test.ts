import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ColumnProfile } from '@tidegate/formats';
import fc from 'fast-check';
import { testDataset } from '../test-dataset.ts';

async function profileOf(query: string): Promise<ReadonlyMap<string, ColumnProfile>> {
  await using dataset = await testDataset();
  await dataset.writeParquet('t.parquet', query);
  const { version } = await dataset.run();
  return new Map(version.profile.columns.map((column) => [column.name, column]));
}

const cell = (value: number | null): string => (value === null ? 'NULL' : Number.isNaN(value) ? "'NaN'" : `'${value}'`);

test('the profile of numbers agrees with counting row by row', async () => {
  const numbers = fc.oneof(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }).filter((value) => value === 0 || Math.abs(value) > 1e-100),
    fc.integer({ min: -5, max: 5 }),
    fc.constantFrom(Number.NaN, Infinity, -Infinity),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.option(numbers, { freq: 6 }), { minLength: 1, maxLength: 60 }), async (cells) => {
      const rows = cells.map((value) => `(${cell(value)}::DOUBLE)`).join(', ');
      const found = (await profileOf(`SELECT x FROM (VALUES ${rows}) t(x)`)).get('x');

      const values = cells.filter((value) => value !== null && !Number.isNaN(value));
      const finite = values.filter((value): value is number => value !== null && Number.isFinite(value)).map(unsignedZero);
      assert.equal(found?.nulls, cells.length - values.length);
      assert.equal(found?.distinct, new Set(values).size);
      assert.equal(found?.min, finite.length === 0 ? null : Math.min(...finite));
      assert.equal(found?.max, finite.length === 0 ? null : Math.max(...finite));
      assertClose(found?.mean ?? null, finite.length === 0 ? null : finite.reduce((sum, value) => sum + value / finite.length, 0));
      assertClose(found?.std ?? null, sampleDeviation(finite));
      assertHistogram(found?.histogram ?? null, values as readonly number[], finite);
    }),
    { numRuns: 15 },
  );
});

/** A zero has no sign in a profile. */
function unsignedZero(value: number): number {
  return value === 0 ? 0 : value;
}

test('a zero has no sign in a profile, so the order of the rows decides nothing', async () => {
  const found = await profileOf(`SELECT * FROM (VALUES ('-0'::DOUBLE, '0'::DOUBLE), ('0', '-0')) t(x, y)`);
  const { name: _x, ...x } = found.get('x') ?? {};
  const { name: _y, ...y } = found.get('y') ?? {};
  assert.deepEqual(x, y);
  assert.deepEqual([found.get('x')?.min, found.get('x')?.max, found.get('x')?.distinct, found.get('x')?.quantiles?.[3]], [0, 0, 1, 0]);
});

function assertClose(found: number | null, expected: number | null): void {
  if (found === null || expected === null) assert.equal(found, expected);
  else assert.ok(Math.abs(found - expected) <= 1e-6 * Math.max(1, Math.abs(expected)), `${found} is not ${expected}`);
}

function sampleDeviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

function assertHistogram(found: ColumnProfile['histogram'], values: readonly number[], finite: readonly number[]): void {
  if (finite.length === 0) return assert.equal(found, null);
  const edges = found?.edges ?? [];
  const expected = Array.from({ length: edges.length + 1 }, () => 0);
  for (const value of values) {
    const first = edges.findIndex((edge) => value <= edge);
    const bin = value === -Infinity ? 0 : value === Infinity ? edges.length : Math.max(1, first);
    expected[bin] = (expected[bin] ?? 0) + 1;
  }
  assert.deepEqual(found?.counts, expected);
}

test('bins are as wide as a power of two and begin and end with multiples of it; one value is a bin', async () => {
  const found = await profileOf("SELECT i / 8 AS x, 5 AS one, i - 100 AS whole, DATE '2020-01-01' + i::INT AS day FROM range(161) t(i)");
  const widths = (name: string): ReadonlySet<number> => {
    const edges = found.get(name)?.histogram?.edges ?? [];
    return new Set(edges.slice(1).map((edge, at) => edge - (edges[at] ?? 0)));
  };

  assert.deepEqual([...widths('x')], [1]);
  assert.deepEqual([...widths('whole')], [8]);
  assert.deepEqual(found.get('x')?.histogram?.edges.slice(0, 3), [-1, 0, 1]);
  assert.deepEqual(found.get('x')?.histogram?.counts.slice(0, 4), [0, 1, 8, 8]);
  assert.deepEqual(found.get('one')?.histogram, { edges: [5, 5], counts: [0, 161, 0] });
  assert.equal(
    found.get('day')?.histogram?.counts.reduce((sum, count) => sum + count, 0),
    161,
  );
});

test('huge numbers do not overflow the moments', async () => {
  const found = (await profileOf('SELECT x FROM (VALUES (1e308), (-1e308), (1e308)) t(x)')).get('x');

  assertClose((found?.mean ?? 0) / 1e308, 1 / 3);
  assertClose((found?.std ?? 0) / 1e308, Math.sqrt(4 / 3));
  assert.equal(found?.quantiles?.every(Number.isFinite), true);
});

test('the most frequent values come first, and values seen once are left out where there are many', async () => {
  const profiles = await profileOf(`
    SELECT CASE WHEN i < 30 THEN 'a' WHEN i < 50 THEN 'b' ELSE 'v' || i END AS many,
           CASE WHEN i % 3 = 0 THEN NULL ELSE 'x' || i % 3 END AS few, i % 4 = 0 AS flag
    FROM range(400) t(i)`);

  assert.deepEqual(profiles.get('many')?.top, [
    { value: 'a', count: 30 },
    { value: 'b', count: 20 },
  ]);
  assert.equal(profiles.get('many')?.distinct, 352);
  assert.deepEqual(profiles.get('few')?.top, [
    { value: 'x1', count: 133 },
    { value: 'x2', count: 133 },
  ]);
  assert.deepEqual(profiles.get('flag')?.top, [
    { value: 'false', count: 300 },
    { value: 'true', count: 100 },
  ]);
});

test('columns of every kind have a profile', async () => {
  const profiles = await profileOf(`
    SELECT DATE '2013-01-31' AS day, TIMESTAMPTZ '2013-01-31 10:00:00+02' AS at, TIME '10:00:00' AS clock, 'infinity'::TIMESTAMP AS never,
           {'a': 1} AS thing, [1, 2] AS list, '\\xAA'::BLOB AS bytes, uuid() AS id, 170141183460469231731687303715884105727::HUGEINT AS huge,
           18446744073709551615::UBIGINT AS wide, 1.25::DECIMAL(9, 2) AS price, NULL::INTEGER AS nothing, INTERVAL 1 DAY AS span`);

  const facts = [...profiles.values()].map(({ name, type, min, nulls }) => [
    name,
    type,
    min === null ? null : typeof min === 'string' ? min.slice(0, 10) : min,
    nulls,
  ]);
  assert.deepEqual(
    facts.filter(([name]) => name !== 'id'),
    [
      ['day', 'date', '2013-01-31', 0],
      ['at', 'timestamp', '2013-01-31', 0],
      ['clock', 'time', '10:00:00', 0],
      ['never', 'timestamp', null, 0],
      ['thing', 'object', null, 0],
      ['list', 'array', null, 0],
      ['bytes', 'string', '\\xAA', 0],
      ['huge', 'number', 2 ** 127, 0],
      ['wide', 'integer', 2 ** 64, 0],
      ['price', 'number', 1.25, 0],
      ['nothing', 'integer', null, 1],
      ['span', 'string', '1 day', 0],
    ],
  );
});
