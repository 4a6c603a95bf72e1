import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ChangeToFind, smallestChange } from './smallest-change.ts';

const numbers: ChangeToFind = {
  kind: 'ordered',
  valueBins: 10,
  rows: 5000,
  drawn: 1000,
  counts: [...Array.from({ length: 10 }, () => 490), 100, 0],
  scale: null,
  level: 0.01 / 60,
  limit: 0.1,
  missingLimit: null,
  confidence: 0.95,
};
const least = (column: Partial<ChangeToFind>) => smallestChange({ ...numbers, ...column }) ?? assert.fail('there are rows');

test('what would be found is told of every sort of change, and less is seen by fewer rows', () => {
  const [many, few] = [least({}), least({ drawn: 100 })];

  for (const sort of ['distance', 'deviations', 'missing'] as const)
    assert.ok((many[sort] ?? 9) > 0.1 && (many[sort] ?? 9) < (few[sort] ?? 0), `${sort}: ${many[sort]}, ${few[sort]}`);
  assert.ok((many.spread ?? 0) > 1 && (many.spread ?? 9) < (few.spread ?? 0));
  assert.equal(many.unseen, null, 'numbers are never unseen');
  assert.equal(smallestChange({ ...numbers, drawn: 0 }), null);
});

test('of categories a shift means nothing, and what was never seen does', () => {
  const found = least({ kind: 'categories' });

  assert.equal(found.deviations, null);
  assert.equal(found.spread, null);
  assert.ok((found.unseen ?? 0) > 0.1 && (found.unseen ?? 1) < 0.2);
});

test('a shift is told of the numbers as they lie: even ones must move farther than normal ones to change as much', () => {
  const even = { edges: [1, 2, 3, 4, 5, 6, 7, 8, 9], mean: 5, deviation: Math.sqrt(100 / 12) };

  const [normal, own] = [least({}), least({ scale: even })];

  // a shift of d deviations has a distance of 0.399 d of normal ones, and of 0.289 d of even ones
  assert.ok((own.deviations ?? 0) > 1.2 * (normal.deviations ?? 9), `${own.deviations} beside ${normal.deviations}`);
  assert.equal(own.missing, normal.missing);
});

test('where windows differ by more than a half, still farther changes would be found', () => {
  const found = least({ limit: 0.53, missingLimit: 0.1 });

  assert.ok((found.distance ?? 0) > 0.53 && (found.distance ?? 1) < 0.7, `${found.distance}`);
  assert.ok((found.missing ?? 1) < 0.2, 'the share of rows without a value is judged apart');
});

test('a column of one value can only get others', () => {
  const found = least({ kind: 'categories', valueBins: 1, counts: [5000, 0, 0] });

  assert.ok((found.distance ?? 0) > 0.1 && (found.distance ?? 1) < 0.2);
  assert.equal(found.distance?.toFixed(2), found.unseen?.toFixed(2));
});

test('too few rows find nothing', () => {
  const found = least({ drawn: 1, rows: 20, counts: [...Array.from({ length: 10 }, () => 2), 0, 0] });

  assert.deepEqual(found, { distance: null, deviations: null, spread: null, missing: null, unseen: null });
});
