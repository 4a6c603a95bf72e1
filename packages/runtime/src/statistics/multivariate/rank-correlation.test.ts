import assert from 'node:assert/strict';
import { test } from 'node:test';
import golden from '../fixtures/multivariate.json' with { type: 'json' };
import { drawPoints } from '../fixtures/drawn-points.ts';
import { normalCdf } from '../normal.ts';
import { type SeededRandom, seededRandom } from '../seeded-random.ts';
import { type Correlation, correlationOf, normalScores } from './rank-correlation.ts';

function columns(random: SeededRandom, rows: number, correlation: number): readonly [Float64Array, Float64Array] {
  const { values } = drawPoints(random, { rows, width: 2, correlation });
  // the scores know nothing of how columns are distributed
  const column = (at: number, change: (value: number) => number) =>
    Float64Array.from({ length: rows }, (_, row) => change(values[2 * row + at] ?? 0));
  return [column(0, Math.exp), column(1, (value) => value ** 3)];
}

function correlated(random: SeededRandom, rows: number, correlation: number): Correlation {
  const [first, second] = columns(random, rows, correlation);
  return correlationOf(normalScores(first), normalScores(second)) ?? assert.fail('there are rows');
}

test('the correlation of normal scores is the one that NumPy and SciPy give, with ties and missing values', () => {
  const { first, second, scores, correlation } = golden.correlation;
  const [a, b] = [first, second].map((values) => Float64Array.from(values, (value) => value ?? Number.NaN));
  assert.ok(a !== undefined && b !== undefined);

  normalScores(a).forEach((score, row) => {
    const expected = scores[row] ?? Number.NaN;
    assert.ok(Number.isNaN(score) ? Number.isNaN(expected) : Math.abs(score - expected) < 1e-9, `${score} is not ${expected}`);
  });
  assert.ok(Math.abs((correlationOf(normalScores(a), normalScores(b))?.value ?? 0) - correlation) < 1e-9);
});

test('the difference of two correlations is beyond its bounds as often as they say, though columns are skewed', () => {
  const repeats = 400;
  for (const [rows, correlation] of [
    [60, 0],
    [200, 0.8],
  ] as const) {
    const random = seededRandom(rows);
    let significant = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const [before, now] = [correlated(random, rows, correlation), correlated(random, rows, correlation)];
      const z = (Math.atanh(now.value) - Math.atanh(before.value)) / Math.sqrt(before.variance + now.variance);
      if (2 * normalCdf(-Math.abs(z)) <= 0.05) significant++;
    }

    assert.ok(significant / repeats <= 0.05 + 4.5 * Math.sqrt((0.05 * 0.95) / repeats), `${significant} of ${repeats} at ${correlation}`);
    assert.ok(significant / repeats >= 0.01, `${significant} of ${repeats} at ${correlation}`);
  }
});

test('few rows and a constant have no correlation', () => {
  const [first, second] = columns(seededRandom(1), 29, 0);

  assert.equal(correlationOf(first, second), null);
  assert.equal(
    correlationOf(
      new Float64Array(50).fill(2),
      Float64Array.from({ length: 50 }, (_, row) => row),
    ),
    null,
  );
});
