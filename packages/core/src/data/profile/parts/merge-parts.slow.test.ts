import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { ColumnPart, ProfilePart } from '@tidegate/formats';
import { byFrequency, commonBins, mergeParts, openEngine, profileOfPart, quantileOf } from '@tidegate/runtime';
import fc from 'fast-check';
import { mergesOf } from './merge-order.ts';
import { partsOfQueries } from './test-parts.ts';

/** A row of every kind of column. */
const row = fc.record({
  number: fc.option(
    fc.oneof(
      fc.double({ min: -1e9, max: 1e9, noNaN: true }).filter((value) => value === 0 || Math.abs(value) > 1e-100),
      fc.constantFrom(NaN, Infinity, -Infinity, 300, 300.5),
    ),
  ),
  whole: fc.option(fc.integer({ min: -4, max: 1000 })),
  text: fc.option(fc.constantFrom('', 'a', 'B', 'AB-123', 'é', '𝒳', 'zz 9', 'long'.repeat(40))),
  flag: fc.option(fc.boolean()),
  day: fc.option(fc.integer({ min: 0, max: 40_000 })),
});
type TestRow = typeof row extends fc.Arbitrary<infer T> ? T : never;

function queryOf(rows: readonly TestRow[]): string {
  const text = (value: string | null): string => (value === null ? 'NULL' : `'${value}'`);
  const values = rows.map(
    ({ number, whole, text: word, flag, day }) =>
      `(${number === null ? 'NULL' : `'${number}'`}::DOUBLE, ${whole}::INT, ${text(word)}::VARCHAR, ${flag}::BOOLEAN, DATE '1970-01-01' + ${day}::INT)`,
  );
  return `SELECT * FROM (VALUES ${values.join(', ')}) t(number, "whole", text, flag, day)`;
}

test('parts of any split of rows, merged in any order, are the part of all rows', async () => {
  using engine = await openEngine({ threads: 1 });
  const pieces = fc.array(fc.array(row, { minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(pieces, async (split) => {
      const [whole, ...parts] = await partsOfQueries(engine, [split.flat(), ...split].map(queryOf));
      const [first, second, ...rest] = parts;
      assert.ok(whole !== undefined && first !== undefined && second !== undefined);

      const merges = [
        mergeParts([first, second, ...rest]),
        rest.reduce((merged, part) => mergeParts([merged, part]), mergeParts([first, second])),
        mergeParts([second, mergeParts([first, ...rest])]),
      ];

      for (const merged of merges) assertAlike(merged, whole);
    }),
    { numRuns: 25, seed: 20_261_130 },
  );
});

test('parts merged step by step are those merged at once and those of one scan, and lists that are not complete stay within what they say', async () => {
  using engine = await openEngine({ threads: 1 });
  const of = (from: number, to: number): string =>
    `SELECT sin(i) * exp(i % 7) AS x, i % 5000 AS whole, i % 90 AS few, 'v' || CAST(floor(9000 * pow(abs(sin(i * 7.1)), 6)) AS INT) AS word,
     'k' || i % 1000 AS listed, i % 3 = 0 AS flag, DATE '2020-01-01' + (i // 40)::INT AS day FROM range(${from}, ${to}) t(i)`;
  const size = 400;
  const count = 60;
  const ranges = Array.from({ length: count }, (_, at) => of(at * size, (at + 1) * size));
  const [scanned, ...parts] = await partsOfQueries(engine, [of(0, count * size), ...ranges]);
  const [first, ...more] = parts;
  assert.ok(scanned !== undefined && first !== undefined);

  const made = new Map(parts.map((part, at) => [createHash('sha256').update(String(at)).digest('hex'), part] as const));
  const merges = mergesOf([...made.keys()]);
  for (const { key, of: keys, limits } of merges) {
    const [one, ...others] = keys.map((each) => made.get(each) ?? assert.fail('What is merged comes before'));
    if (one !== undefined) made.set(key, mergeParts([one, ...others], limits));
  }
  const byTree = made.get(merges.at(-1)?.key ?? '') ?? assert.fail('There is a last merge');
  const atOnce = mergeParts([first, ...more]);

  assert.ok(merges.length > 5, `${merges.length} merges`);
  const without = (part: ProfilePart, gone: Partial<ColumnPart>): ProfilePart => ({
    ...part,
    columns: part.columns.map((column) => (column.name === 'word' ? { ...column, ...gone } : column)),
  });
  // of more than 1,024 different texts patterns are those of some
  assertAlike(without(byTree, { values: null, patterns: null }), without(scanned, { values: null, patterns: null }));
  assertAlike(without(byTree, { values: null }), without(atOnce, { values: null }));
  const [tree, flat] = [byTree, atOnce].map(
    (part) => part.columns.find(({ name }) => name === 'word')?.values ?? assert.fail('It is listed'),
  );
  assert.ok(tree !== undefined && flat !== undefined && tree.error > 0);
  assert.ok(tree.error <= 1.25 * flat.error, `${tree.error} step by step, ${flat.error} at once`);
  const truth = await engine.rows(`SELECT word, count(*) AS n FROM (${of(0, count * size)}) GROUP BY word`);
  const listed = new Map(tree.values);
  for (const { word, n } of truth) {
    const own = listed.get(String(word)) ?? 0;
    assert.ok(Number(n) >= own && Number(n) - own <= tree.error, `${String(word)}: ${own} of ${String(n)}`);
  }
});

/** Everything to the last bit, but for moments: these within rounding. */
function assertAlike(found: ProfilePart, expected: ProfilePart): void {
  const exact = (part: ProfilePart): unknown => ({
    ...part,
    columns: part.columns.map((column) => ({
      ...column,
      numbers: withoutMoments(column.numbers),
      lengths: withoutMoments(column.lengths),
    })),
  });
  assert.deepEqual(exact(found), exact(expected));
  for (const [at, column] of found.columns.entries()) {
    const twin = expected.columns[at];
    for (const name of ['numbers', 'lengths'] as const) {
      const [one, other] = [column[name], twin?.[name] ?? null];
      if (one === null || other === null) continue;
      const size = Math.max(1, Math.abs(other.max), Math.abs(other.min));
      assert.ok(Math.abs(one.mean - other.mean) <= 1e-12 * size, `${one.mean} is not ${other.mean}`);
      assert.ok(Math.abs(one.deviation - other.deviation) <= 1e-9 * size, `${one.deviation} is not ${other.deviation}`);
    }
  }
}

function withoutMoments(distribution: ColumnPart['numbers']): unknown {
  if (distribution === null) return null;
  const { rows, min, max, cells } = distribution;
  return { rows, min, max, cells };
}

test('quantiles, counts in common bins and frequent values are what they say, on skewed and on shifted numbers', async () => {
  using engine = await openEngine({ threads: 1 });
  const columns = `exp(4 * sin(i * 12.9898) * cos(i * 78.233)) AS skewed, 300 + sin(i * 3.7) * sin(i * 1.3) AS shifted, -exp(sin(i)) AS negative,
    'v' || CAST(floor(20000 * pow(abs(sin(i * 7.1)), 9)) AS INT) AS word`;
  const of = (from: number, to: number): string => `SELECT ${columns} FROM range(${from}, ${to}) t(i)`;
  const parts = await partsOfQueries(engine, [of(0, 9000), of(9000, 9001), of(9001, 30_000)]);
  const [first, ...more] = parts;
  assert.ok(first !== undefined);
  const whole = mergeParts([first, ...more]);
  const rows = await engine.columns(of(0, 30_000));
  for (const column of whole.columns.slice(0, 3)) {
    assert.ok(column.numbers !== null);
    const sorted = (rows[column.name] ?? []).map(Number).toSorted((a, b) => a - b);
    for (const probability of [0.001, 0.01, 0.25, 0.5, 0.9, 0.999]) {
      const found = quantileOf(column.numbers, probability);
      const truth = sorted[Math.ceil(probability * sorted.length) - 1] ?? Number.NaN;
      assert.ok(
        truth >= found.low * (1 - 1e-12) - 1e-12 && truth <= found.high * (1 + Math.sign(found.high) * 1e-12),
        `${column.name} ${probability}: ${truth} is not in ${found.low} to ${found.high}`,
      );
      assert.ok(
        Math.abs(found.value - truth) <= 0.0203 * Math.abs(truth),
        `${column.name} ${probability}: ${found.value} is not near ${truth}`,
      );
    }
    const part = parts[0]?.columns.find(({ name }) => name === column.name)?.numbers ?? null;
    const bins = commonBins(column.numbers, part);
    assert.ok(bins.length >= 100, `${column.name}: ${bins.length} bins`);
    const firstRows = (rows[column.name] ?? []).slice(0, 9000).map(Number);
    for (const { low, high, rows: counts } of bins)
      assert.deepEqual(
        [sorted, firstRows].map((values) => values.filter((value) => value > low && value <= high).length),
        counts,
        `${column.name}: ${low} to ${high}`,
      );
  }
  const word = whole.columns[3];
  assert.ok(word?.values != null && word.values.error > 0 && word.values.error < 0.01 * whole.rows);
  const listed = new Map(byFrequency(word.values).map(({ value, count }) => [value, count]));
  const truth = new Map([...Map.groupBy(rows['word'] ?? [], String)].map(([value, same]) => [value, same.length]));
  for (const [value, count] of truth) {
    const own = listed.get(value) ?? 0;
    assert.ok(count >= own && count - own <= word.values.error, `${value}: ${own} of ${count}`);
  }
  const distinct = profileOfPart(whole, null).columns[3]?.distinct ?? 0;
  assert.ok(Math.abs(distinct - truth.size) < 0.07 * truth.size, `${distinct} is not near ${truth.size}`);
});

test('distinct values are estimated within four standard errors from ten to a million', async () => {
  using engine = await openEngine({ threads: 1 });
  for (const size of [4097, 20_000, 300_000]) {
    const [part] = await partsOfQueries(engine, [`SELECT i * 7919 AS id, 'k' || i AS word, i + 0.5 AS x FROM range(${size}) t(i)`]);
    assert.ok(part !== undefined);
    for (const { name, distinct, distinctError = 0 } of profileOfPart(part, null).columns)
      assert.ok(Math.abs(distinct / size - 1) < 4 * distinctError, `${name}: ${distinct} is not near ${size}`);
  }
});

test('of a column of persons only counts are in a part', async () => {
  using engine = await openEngine({ threads: 1 });
  const [part] = await partsOfQueries(
    engine,
    [`SELECT 'Ada Lovelace' AS name, 36 AS age, DATE '1815-12-10' AS born`],
    new Set(['name', 'age', 'born']),
  );

  const nothing = {
    first: null,
    last: null,
    numbers: null,
    lengths: null,
    values: null,
    patterns: null,
    below: 0,
    above: 0,
    notNumbers: 0,
    nulls: 0,
  };
  for (const { name: _name, type: _type, registers: _registers, ...column } of part?.columns ?? []) assert.deepEqual(column, nothing);
  assert.doesNotMatch(JSON.stringify(part), /Ada|1815/);
  assert.deepEqual(part === undefined ? [] : profileOfPart(part, null).columns.map(({ distinct }) => distinct), [1, 1, 1]);
});

test('parts that were hashed differently are not merged', async () => {
  using engine = await openEngine({ threads: 1 });
  const [part] = await partsOfQueries(engine, ['SELECT 1 AS x']);
  assert.ok(part !== undefined);

  assert.throws(() => mergeParts([part, { ...part, hash: 'another' }]), /hashed alike/);
  assert.throws(() => mergeParts([part, { ...part, columns: [] }]), /same columns/);
});
