import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { testDataset } from '../test-dataset.ts';

/** A row of the table that both the engine and the oracle look at. */
interface Cells {
  readonly n: number | null;
  readonly f: number | null;
  readonly s: string | null;
  readonly k: number;
}

const contract = `
apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema:
  - name: t
    quality:
      - { metric: rowCount, mustBeBetween: [2, 20] }
      - { name: pair, metric: duplicateValues, arguments: { properties: [n, s] }, mustBe: 0 }
    properties:
      - name: n
        logicalType: integer
        required: true
        unique: true
        logicalTypeOptions: { minimum: -3, maximum: 4, exclusiveMinimum: -5, exclusiveMaximum: 6, multipleOf: 2, format: i8 }
        quality:
          - { metric: nullValues, mustBeLessOrEqualTo: 25, unit: percent }
          - { metric: duplicateValues, mustBeLessThan: 2 }
          - { name: listed, metric: invalidValues, arguments: { validValues: [0, 1, 2, "4"] }, mustBe: 0 }
      - name: f
        logicalType: integer
        logicalTypeOptions: { maximum: 2.5 }
        quality: [{ name: coded, metric: missingValues, arguments: { missingValues: [null, -1] }, mustNotBeBetween: [1, 3] }]
      - name: s
        logicalType: string
        logicalTypeOptions: { minLength: 1, maxLength: 3, pattern: "^a" }
        quality:
          - { name: listed, metric: invalidValues, arguments: { validValues: [a, ab, ""] }, mustBe: 0 }
          - { name: shaped, metric: invalidValues, arguments: { pattern: "^[a-c]*$" }, mustBeGreaterThan: 0, severity: warning }
          - { name: blank, metric: missingValues, mustBe: 0 }
      - { name: k, primaryKey: true }
`;

const isSome = <T>(value: T | null): value is T => value !== null;
const repeats = (values: readonly string[]): number => values.length - new Set(values).size;

/** Check → rows that break it, counted one by one. */
function oracle(rows: readonly Cells[]): { readonly [check: string]: number } {
  const of = (isBad: (row: Cells) => boolean): number => rows.filter(isBad).length;
  const n = (isBad: (value: number) => boolean): number => of((row) => row.n !== null && isBad(row.n));
  const f = (isBad: (value: number) => boolean): number => of((row) => row.f !== null && !Number.isNaN(row.f) && isBad(row.f));
  const s = (isBad: (value: string) => boolean): number => of((row) => row.s !== null && isBad(row.s));
  const duplicated = repeats(
    rows
      .map((row) => row.n)
      .filter(isSome)
      .map(String),
  );
  return {
    pair: repeats(rows.filter((row) => row.n !== null && row.s !== null).map((row) => JSON.stringify([row.n, row.s]))),
    'n.required': of((row) => row.n === null),
    'n.unique': duplicated,
    'n.minimum': n((value) => value < -3),
    'n.maximum': n((value) => value > 4),
    'n.exclusive_minimum': n((value) => value <= -5),
    'n.exclusive_maximum': n((value) => value >= 6),
    'n.multiple_of': n((value) => value % 2 !== 0),
    'n.format': n((value) => value < -128 || value > 127),
    'n.null_values': of((row) => row.n === null),
    'n.duplicate_values': duplicated,
    'n.listed': n((value) => ![0, 1, 2, 4].includes(value)),
    'f.type': f((value) => !Number.isInteger(value)),
    'f.maximum': f((value) => value > 2.5),
    'f.coded': of((row) => row.f === null || Number.isNaN(row.f) || row.f === -1),
    's.min_length': s((value) => Array.from(value).length < 1),
    's.max_length': s((value) => Array.from(value).length > 3),
    's.pattern': s((value) => !value.startsWith('a')),
    's.listed': s((value) => !['a', 'ab', ''].includes(value)),
    's.shaped': s((value) => !/^[a-c]*$/.test(value)),
    's.blank': of((row) => row.s === null || row.s === ''),
    'k.required': 0,
    primary_key: repeats(rows.map((row) => String(row.k))),
  };
}

/** Checks whose limit is not "no row". */
function holds(check: string, found: number, rows: number): boolean {
  if (check === 'n.null_values') return (100 * found) / rows <= 25;
  if (check === 'n.duplicate_values') return found < 2;
  if (check === 'f.coded') return found <= 1 || found >= 3;
  if (check === 's.shaped') return found > 0;
  return found === 0;
}

const cells = fc.record({
  n: fc.option(
    fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -7, max: 7 }) }, { weight: 1, arbitrary: fc.constantFrom(128, -129, 2 ** 40) }),
    { freq: 6 },
  ),
  f: fc.option(fc.constantFrom(-1, 0, 1, 2, 2.5, 3, 0.1, Number.NaN, Infinity, -Infinity), { freq: 6 }),
  s: fc.option(
    fc.oneof(
      fc.constantFrom('', 'a', 'ab', 'abc', 'b', 'abcd', "a'b", 'é😀'),
      fc.string({ maxLength: 5 }).filter((text) => !text.includes('\0')),
    ),
    { freq: 6 },
  ),
  k: fc.integer({ min: 0, max: 30 }),
});

const literal = (value: number | string | null): string => (value === null ? 'NULL' : `'${String(value).replaceAll("'", "''")}'`);

test('every check counts what counting row by row counts', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(cells, { minLength: 1, maxLength: 30 }), async (rows) => {
      await using dataset = await testDataset();
      const values = rows.map(({ n, f, s, k }) => `(${literal(n)}::BIGINT, ${literal(f)}::DOUBLE, ${literal(s)}::VARCHAR, ${k})`);
      await dataset.writeParquet('t.parquet', `SELECT * FROM (VALUES ${values.join(', ')}) t(n, f, s, k)`);

      const { version } = await dataset.run({ contract });

      const expected = oracle(rows);
      const found = Object.fromEntries(version.checks.map((check) => [check.name, check]));
      for (const [name, count] of Object.entries(expected)) {
        const verdict = holds(name, count, rows.length) ? 'pass' : 'fail';
        assert.deepEqual([name, found[name]?.verdict, found[name]?.failingRows], [name, verdict, verdict === 'pass' ? 0 : count]);
        if (verdict === 'fail') assert.equal(found[name]?.examples.length !== 0, count > 0, name);
      }
      assert.equal(found['row_count']?.verdict, rows.length > 2 && rows.length < 20 ? 'pass' : 'fail');
      assert.equal(found['f.present']?.verdict, 'pass');
    }),
    { numRuns: 25 },
  );
});
