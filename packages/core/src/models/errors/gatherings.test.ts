import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatherings } from './gatherings.ts';

const rows = Int32Array.from({ length: 400 }, (_, row) => row);
const hour = { name: 'hour', values: Array.from(rows, (row) => row % 40) };
const town = { name: 'town', values: Array.from(rows, (row) => (row % 5 === 0 ? null : row % 2 === 0 ? 'Oban' : 'Awe')) };

test('what errors have in common is told by slices, quartiles, words and missing values, the largest surplus first', () => {
  const found = gatherings({
    rows,
    isError: (row) => row % 40 >= 30 || row % 10 === 0,
    slices: [{ column: 'part', value: 'north', rows: rows.filter((row) => row % 40 >= 25) }],
    cells: [hour, town],
  });

  assert.deepEqual(
    found.map(({ slice, rows: all, errors }) => [slice, all, errors]),
    [
      ['hour >= 30', 100, 100],
      ['part = north', 150, 100],
      ['town is missing', 80, 50],
    ],
  );
  assert.ok(Math.abs((found[0]?.lift ?? 0) - 1 / (130 / 400)) < 1e-12);
});

test('errors that are everywhere alike, and a handful of them, have nothing in common', () => {
  const request = { rows, slices: [], cells: [hour, town] };

  assert.deepEqual(gatherings({ ...request, isError: (row) => row % 7 === 0 }), []);
  assert.deepEqual(gatherings({ ...request, isError: (row) => row < 4 }), []);
});
