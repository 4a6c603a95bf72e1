import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { binnedSpearman } from './binned-spearman.ts';
import { rankedColumn, spearmanOf } from './ranked-column.ts';

interface GoldenPair {
  readonly name: string;
  readonly first: readonly (number | null)[];
  readonly second: readonly (number | null)[];
  readonly rho: number;
}

const golden: { readonly pairs: readonly GoldenPair[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/spearman.json'), 'utf8'),
);

function columnOf(values: readonly (number | null)[]): Float64Array {
  return Float64Array.from(values, (value) => value ?? Number.NaN);
}

test('correlations of ranks are those of SciPy within 1e-12, with equal values and missing ones', () => {
  for (const { name, first, second, rho } of golden.pairs) {
    const found = spearmanOf(rankedColumn(columnOf(first)), rankedColumn(columnOf(second)));
    assert.ok(found !== null && Math.abs(found - rho) < 1e-12, `${name}: ${found} is not ${rho}`);
  }
  assert.equal(golden.pairs.length, 7);
});

test('a column of one value, and fewer than two rows with both, have no correlation', () => {
  const of = (...values: readonly (number | null)[]) => rankedColumn(columnOf(values));

  assert.equal(spearmanOf(of(1, 1, 1), of(1, 2, 3)), null);
  assert.equal(spearmanOf(of(1, null, 1), of(1, 2, null)), null);
  assert.equal(binnedSpearman({ counts: [[2, 1]], areSingle: [[true], [true, true]] }), null);
});

const numbers = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: -10, max: 10 })), { minLength: 3, maxLength: 120 });

test('the correlation of rows is within the error of what their bins say, and is that where every bin has one value', () => {
  fc.assert(
    fc.property(numbers, fc.constantFrom(-1, 0, 1), fc.integer({ min: 1, max: 20 }), (drawn, slope, width) => {
      const rows = drawn.map(([a, noise]) => [a, slope * a + noise] as const);
      const truth = spearmanOf(rankedColumn(columnOf(rows.map(([a]) => a))), rankedColumn(columnOf(rows.map(([, b]) => b))));
      const coarse = binnedSpearman(crossed(rows, width));
      const exact = binnedSpearman(crossed(rows, 1));

      if (truth === null) return;
      assert.ok(exact !== null && Math.abs(exact.value - truth) < 1e-9 && exact.error < 1e-9, `${exact?.value} is not ${truth}`);
      assert.ok(
        coarse === null || Math.abs(coarse.value - truth) <= coarse.error + 1e-9,
        `${truth} is not ${coarse?.value} ± ${coarse?.error}`,
      );
    }),
    { numRuns: 500 },
  );
});

test('the error becomes small with narrow bins', () => {
  const rows = Array.from({ length: 20_000 }, (_, row) => [row, row + 4000 * Math.sin(row * 12.9898)] as const);

  const found = binnedSpearman(crossed(rows, 20_000 / 128));

  assert.ok(found !== null && found.error < 0.015, String(found?.error));
});

/** Rows by bins of a width from 0 on; of width 1 each whole number is a bin. */
function crossed(rows: readonly (readonly [number, number])[], width: number) {
  const bin = (value: number): number => Math.floor(value / width);
  const axis = (side: 0 | 1) => {
    const bins = [...new Set(rows.map((row) => bin(row[side])))].toSorted((a, b) => a - b);
    return { bins, places: new Map(bins.map((own, at) => [own, at])) };
  };
  const [first, second] = [axis(0), axis(1)];
  const counts = first.bins.map(() => second.bins.map(() => 0));
  for (const [a, b] of rows) {
    const row = counts[first.places.get(bin(a)) ?? 0] ?? [];
    const at = second.places.get(bin(b)) ?? 0;
    row[at] = (row[at] ?? 0) + 1;
  }
  const single = (bins: readonly number[]): readonly boolean[] => bins.map(() => width === 1);
  return { counts, areSingle: [single(first.bins), single(second.bins)] as const };
}
