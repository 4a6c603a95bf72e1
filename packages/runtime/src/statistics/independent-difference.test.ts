import assert from 'node:assert/strict';
import { test } from 'node:test';
import { independentDifference, rowsToDecide } from './independent-difference.ts';
import { seededRandom } from './seeded-random.ts';
import { wilsonEstimate } from './wilson.ts';

test('the bounds of two shares are those of Newcombe 1998 (Statistics in Medicine 17:873), table II, method 10', () => {
  const cases = [
    { counts: [56, 70, 48, 80], low: 0.0524, high: 0.3339 },
    { counts: [9, 10, 3, 10], low: 0.1705, high: 0.809 },
    { counts: [5, 56, 0, 29], low: -0.0381, high: 0.1926 },
  ] as const;
  for (const { counts, low, high } of cases) {
    const [hits, rows, otherHits, otherRows] = counts;

    const found = independentDifference(wilsonEstimate(hits, rows, 0.975), wilsonEstimate(otherHits, otherRows, 0.975));

    assert.equal(found?.low.toFixed(4), low.toFixed(4));
    assert.equal(found?.high.toFixed(4), high.toFixed(4));
  }
});

test('without an interval there is no difference to judge', () => {
  const bare = { value: 0.8, low: null, high: null, method: 'none' };

  assert.equal(independentDifference(bare, wilsonEstimate(5, 10, 0.95)), null);
});

test('the rows that are asked for decide in about 80 % of samples', () => {
  const random = seededRandom(9);
  const hitsOf = (share: number, rows: number): number => {
    let hits = 0;
    for (let row = 0; row < rows; row++) if (random.unit() < share) hits++;
    return hits;
  };
  const gate = wilsonEstimate(40_000, 50_000, 0.95);
  const first = wilsonEstimate(160, 200, 0.95);
  const needed = rowsToDecide(first, gate, { rows: 200, limit: -0.03, confidence: 0.95 }) ?? assert.fail('some number decides');
  let decided = 0;
  for (let repeat = 0; repeat < 300; repeat++) {
    const difference = independentDifference(wilsonEstimate(hitsOf(0.8, needed), needed, 0.95), gate);
    if ((difference?.low ?? -1) > -0.03) decided++;
  }

  assert.ok(Math.abs(decided / 300 - 0.8) < 0.1, `${decided} of 300 with ${needed} rows`);
  assert.equal(rowsToDecide(first, wilsonEstimate(8, 10, 0.95), { rows: 200, limit: -0.03, confidence: 0.95 }), null);
});
