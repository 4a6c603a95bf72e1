import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DriftedSlice } from '@tidegate/formats';
import { rankSlices } from './rank-slices.ts';

function drifted(values: readonly string[], effect: number | null, share = 1, distance = 0.2): DriftedSlice {
  return {
    slice: values.map((value, index) => ({ column: `c${index}`, value })),
    feature: 'wind',
    rows: 1000,
    referenceRows: 1000,
    share,
    distance,
    low: distance,
    high: distance,
    limit: 0.1,
    adjustedPValue: 0,
    effect,
    moved: { bin: '', reference: 0, current: 0 },
    reason: values.join(),
  };
}

const names = (found: readonly DriftedSlice[]): readonly string[] => rankSlices(found).map(({ reason }) => reason);

test('what moves the outcome most comes first, whichever way', () => {
  assert.deepEqual(names([drifted(['a'], 0.1), drifted(['b'], -0.3), drifted(['d'], 0.2)]), ['b', 'd', 'a']);
});

test('a slice comes after the part that does three quarters of the same, and before one that does less', () => {
  assert.deepEqual(names([drifted([], 0.1), drifted(['a'], 0.08), drifted(['b'], 0.05)]), ['a', '', 'b']);
  assert.deepEqual(names([drifted([], 0.1), drifted(['a'], 0.07)]), ['', 'a']);
});

test('without an outcome the rows that moved decide', () => {
  assert.deepEqual(names([drifted(['a'], null, 0.5, 0.2), drifted(['b'], null, 0.3, 0.9)]), ['b', 'a']);
});
