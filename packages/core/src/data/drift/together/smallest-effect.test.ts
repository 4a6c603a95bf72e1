import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '@tidegate/runtime';
import { changedPairs } from './changed-pairs.ts';
import type { SampledRows } from './sampled-rows.ts';
import { smallestAuc, smallestEffect } from './smallest-effect.ts';

test('an effect must be both significant and proven to be above what matters, whichever takes more', () => {
  const asked = { error: 0.1, nothing: 0, confidence: 0.95 };

  // z of 99.5 % and of 80 %: 2.5758 + 0.8416; z of 95 % and of 80 %: 1.6449 + 0.8416
  assert.equal(smallestEffect({ ...asked, limit: 0.01 }, 0.01)?.toFixed(4), '0.3417');
  assert.equal(smallestEffect({ ...asked, limit: 0.3 }, 0.01)?.toFixed(4), '0.5486');
  assert.equal(smallestAuc({ value: 0.5, high: 0.95, limit: 0.57, confidence: 0.95 }, 0.01), null, 'no AUC is above 1');
});

/** Two numbers with a correlation. */
function rowsOf(seed: number, rows: number, correlation: number): SampledRows {
  const random = seededRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.unit())) * Math.cos(2 * Math.PI * random.unit());
  const first = Float64Array.from({ length: rows }, normal);
  const second = first.map((value) => correlation * value + Math.sqrt(1 - correlation ** 2) * normal());
  return { rows, of: rows, numbers: new Map(Object.entries({ first, second })), texts: new Map(), lists: new Map() };
}

test('a correlation that changed by what is told is found in about four of five samples', () => {
  const limits = { floor: 0.1, confidence: 0.95, seed: 1 };
  const judged = (seed: number, correlation: number) =>
    changedPairs({ reference: rowsOf(2 * seed, 600, 0), current: rowsOf(2 * seed + 1, 200, correlation), windows: [] }, limits) ??
    assert.fail('there is a pair');
  const told = judged(1, 0).smallest(0.01) ?? assert.fail('it is told');

  const found = Array.from({ length: 200 }, (_, seed) => judged(seed, told)).filter(
    ({ pValue, low, limit }) => pValue <= 0.01 && low > limit,
  );

  // four standard errors on either side
  assert.ok(found.length >= 137 && found.length <= 194, `${told}: ${found.length} of 200`);
});
