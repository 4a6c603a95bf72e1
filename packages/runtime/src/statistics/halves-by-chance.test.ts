import assert from 'node:assert/strict';
import { test } from 'node:test';
import { halvesByChance } from './halves-by-chance.ts';
import { seededRandom } from './seeded-random.ts';

const draws = 4000;

for (const rows of [1, 33, 2048, 2049, 1_000_000])
  test(`of ${rows} rows a half has as many as a coin would give it`, () => {
    const random = seededRandom(7);
    const scores = Array.from({ length: draws }, () => {
      const [[first = 0], [second = 0]] = halvesByChance([rows], random);
      assert.equal(first + second, rows);
      assert.ok(Number.isInteger(first) && first >= 0 && second >= 0);
      return (first - rows / 2) / (Math.sqrt(rows) / 2);
    });
    const mean = scores.reduce((sum, score) => sum + score / draws, 0);
    const variance = scores.reduce((sum, score) => sum + score ** 2 / draws, 0);

    // five standard errors of each
    assert.ok(Math.abs(mean) < 5 / Math.sqrt(draws), `mean ${mean}`);
    assert.ok(Math.abs(variance - 1) < 5 * Math.sqrt(2 / draws), `variance ${variance}`);
  });

test('the same seed gives the same halves, and bins are drawn one by one', () => {
  const counts = [0, 5, 300, 100_000];

  assert.deepEqual(halvesByChance(counts, seededRandom(1)), halvesByChance(counts, seededRandom(1)));
  assert.notDeepEqual(halvesByChance(counts, seededRandom(1)), halvesByChance(counts, seededRandom(2)));
  assert.deepEqual(
    halvesByChance([0], seededRandom(1)).map(([count]) => count),
    [0, 0],
  );
});
