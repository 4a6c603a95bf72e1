import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '@tidegate/runtime';
import { nextShare } from './next-share.ts';

const random = seededRandom(20261130);
const unit = (): number => Math.max(random.unit(), 1e-12);

/** How many of so many values lie outside those of the probabilities 0.05 and 0.95 of others. */
function outside(rows: number, draw: () => number, known: readonly number[]): number {
  const sorted = known.toSorted((a, b) => a - b);
  const [low = 0, high = 0] = [0.05, 0.95].map((at) => sorted[Math.ceil(at * sorted.length) - 1] ?? 0);
  return Array.from({ length: rows }, draw).filter((value) => value < low || value > high).length;
}

test('the share out of the middle of former values is exceeded no more often than it says, whatever the distribution', () => {
  const distributions = { uniform: unit, exponential: () => -Math.log(unit()), 'Pareto of shape 1': () => 1 / unit() };
  for (const [name, draw] of Object.entries(distributions))
    for (const rows of [20, 75, 300]) {
      const [chance, samples] = [0.02, 1500];
      const limit = nextShare({ found: Math.ceil(0.1 * rows), of: rows }, chance);
      let broken = 0;
      for (let sample = 0; sample < samples; sample++)
        broken += outside(rows, draw, Array.from({ length: rows }, draw)) > limit * rows ? 1 / samples : 0;
      // three standard errors of the count
      assert.ok(broken < chance + 3 * Math.sqrt((chance * (1 - chance)) / samples), `${name}, ${rows} rows: ${broken}`);
    }
});
