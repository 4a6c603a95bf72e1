import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from './seeded-random.ts';

test('a seed fixes the numbers for ever', () => {
  const random = seededRandom(42);

  assert.deepEqual([random.next(), random.next(), random.next()], [660444221, 3652823732, 77672526]);
  assert.notEqual(seededRandom(43).next(), 660444221);
});

test('numbers below a bound are even over it', () => {
  const random = seededRandom(1);
  const counts = Array.from({ length: 7 }, () => 0);
  for (let draw = 0; draw < 70_000; draw++) {
    const value = random.below(7);
    counts[value] = (counts[value] ?? 0) + 1;
  }

  // chi-squared with 6 degrees of freedom: 22.5 is passed once in a thousand
  assert.ok(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0) < 22.5);
});
