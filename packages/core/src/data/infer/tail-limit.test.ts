import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '@tidegate/runtime';
import { limitBeyond, outermostOf } from './tail-limit.ts';

const random = seededRandom(20261130);
const unit = (): number => Math.max(random.unit(), 1e-12);
const normal = (): number => Math.sqrt(-2 * Math.log(unit())) * Math.cos(2 * Math.PI * unit());

/** Draws, and the chance of a value above. */
const distributions = {
  uniform: { draw: unit, above: (x: number) => Math.max(0, 1 - x), step: 0 },
  exponential: { draw: () => -Math.log(unit()), above: (x: number) => Math.exp(-x), step: 0 },
  // no mean of its squares exists from a shape of 2 down
  'Pareto of shape 3': { draw: () => unit() ** (-1 / 3), above: (x: number) => x ** -3, step: 0 },
  geometric: { draw: () => Math.floor(Math.log(unit()) / Math.log(0.7)), above: (x: number) => 0.7 ** (Math.floor(x) + 1), step: 1 },
  logistic: { draw: () => Math.log(1 / unit() - 1), above: (x: number) => 1 / (1 + Math.exp(x)), step: 0 },
} as const;

test('a limit is broken by the next rows about as often as it says, whatever the tail', () => {
  for (const [name, { draw, above, step }] of Object.entries(distributions))
    for (const rows of [100, 1000]) {
      const chance = 0.01;
      const samples = 40;
      let broken = 0;
      for (let sample = 0; sample < samples; sample++) {
        const sorted = Array.from({ length: rows }, draw).toSorted((a, b) => b - a);
        const limit = limitBeyond({ outermost: sorted.slice(0, outermostOf(rows)), values: rows, step }, { next: rows, chance });
        assert.ok(limit !== null && limit >= (sorted[0] ?? 0));
        broken += (1 - (1 - above(limit)) ** rows) / samples;
      }
      assert.ok(broken < 5 * chance, `${name}, ${rows} rows: ${broken}`);
    }
});

test('more rows give a tighter limit, a smaller chance a wider one', () => {
  const widthOf = (rows: number, chance: number): number => {
    const sorted = Array.from({ length: rows }, normal).toSorted((a, b) => b - a);
    return limitBeyond({ outermost: sorted.slice(0, outermostOf(rows)), values: rows, step: 0 }, { next: rows, chance }) ?? Number.NaN;
  };

  assert.ok(widthOf(50, 0.001) > widthOf(5000, 0.001));
  const sorted = Array.from({ length: 200 }, normal).toSorted((a, b) => b - a);
  const tail = { outermost: sorted.slice(0, outermostOf(200)), values: 200, step: 0 };
  const [often, seldom] = [0.05, 0.0005].map((chance) => limitBeyond(tail, { next: 200, chance }) ?? Number.NaN);
  assert.ok((seldom ?? 0) > (often ?? 0));
});

test('where a tail is one value it ends there, and of few values nothing can be told', () => {
  assert.equal(limitBeyond({ outermost: Array.from({ length: 50 }, () => 16), values: 100, step: 1 }, { next: 100, chance: 0.001 }), 16);
  assert.equal(limitBeyond({ outermost: [3, 2, 1], values: 3, step: 0 }, { next: 3, chance: 0.001 }), null);
  assert.equal(
    limitBeyond({ outermost: [9, ...Array.from({ length: 50 }, () => 0)], values: 100, step: 0 }, { next: 100, chance: 0.001 }),
    null,
  );
});
