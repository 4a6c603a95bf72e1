import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ColumnProfile } from '@tidegate/formats';
import { distributionDistance } from './distance.ts';

const base: ColumnProfile = {
  name: 'x',
  type: 'number',
  rows: 100,
  nulls: 0,
  distinct: 100,
  min: null,
  max: null,
  mean: null,
  std: null,
  quantiles: null,
  histogram: null,
  top: null,
};
/** Values that are spread evenly from `min` to `max`, but for one at `largest`. */
const even = (min: number, max: number, largest = max): ColumnProfile => ({
  ...base,
  min,
  max: largest,
  quantiles: [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99].map((share) => min + (max - min) * share),
});
const values = (counts: { readonly [value: string]: number }, others = 0): ColumnProfile => ({
  ...base,
  type: 'string',
  rows: Object.values(counts).reduce((sum, count) => sum + count, others),
  top: Object.entries(counts).map(([value, count]) => ({ value, count })),
});
const distance = (one: ColumnProfile, other: ColumnProfile): number =>
  Math.round((distributionDistance(one, other) ?? assert.fail()) * 1000) / 1000;

test('numbers: the largest difference of the shares below any number, which one far value does not move', () => {
  assert.equal(distance(even(0, 1), even(0, 1)), 0);
  assert.equal(distance(even(0, 1), even(0.3, 1.3)), 0.3);
  assert.equal(distance(even(0, 1), even(5, 6)), 1);
  assert.equal(distance(even(3, 3), even(3, 3)), 0);
  assert.equal(distance(even(3, 3), even(4, 4)), 1);
  assert.ok(distance(even(0, 1), even(0, 1, 1_000)) <= 0.01);
});

test('texts: half the sum of differences between shares, and never more than what both lists tell', () => {
  assert.equal(distance(values({ a: 50, b: 50 }), values({ a: 75, b: 25 })), 0.25);
  assert.equal(distance(values({ a: 1 }), values({ b: 1 })), 1);
  assert.equal(distance(values({ a: 60, b: 10 }, 30), values({ a: 60, c: 10 }, 30)), 0);
  assert.equal(distance(values({ a: 60 }, 40), values({ a: 20 }, 80)), 0.4);
});

test('without values there is nothing to say', () => {
  assert.equal(distributionDistance({ ...even(0, 1), nulls: 100 }, even(0, 1)), null);
  assert.equal(distributionDistance(base, base), null);
});
