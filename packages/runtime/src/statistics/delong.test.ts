import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { aucDifference, aucEstimate, placementsOf } from './delong.ts';

/** Few distinct scores, so that ties are common; both classes have two rows at least. */
const scoredRows = fc.tuple(
  fc.array(fc.tuple(fc.constant(1), fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 })), { minLength: 2, maxLength: 25 }),
  fc.array(fc.tuple(fc.constant(0), fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 })), { minLength: 2, maxLength: 25 }),
);

/** The definition: every pair of a positive and a negative row, one by one. */
function components(
  positives: readonly number[],
  negatives: readonly number[],
): { readonly ofPositives: number[]; readonly ofNegatives: number[] } {
  const wins = (positive: number, negative: number): number => (positive > negative ? 1 : positive === negative ? 0.5 : 0);
  const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    ofPositives: positives.map((positive) => average(negatives.map((negative) => wins(positive, negative)))),
    ofNegatives: negatives.map((negative) => average(positives.map((positive) => wins(positive, negative)))),
  };
}

function covariance(a: readonly number[], b: readonly number[]): number {
  const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [average(a), average(b)];
  return a.reduce((sum, value, index) => sum + (value - meanA) * ((b[index] ?? 0) - meanB), 0) / (a.length - 1);
}

test('AUC and the variance of a difference equal the brute-force definition S11 + S22 - 2 S12', () => {
  fc.assert(
    fc.property(scoredRows, ([positives, negatives]) => {
      const rows = [...positives, ...negatives];
      const column = (index: 0 | 1 | 2): Float64Array => Float64Array.from(rows, (row) => row[index]);
      const one = components(
        positives.map((row) => row[1]),
        negatives.map((row) => row[1]),
      );
      const two = components(
        positives.map((row) => row[2]),
        negatives.map((row) => row[2]),
      );
      const s = (a: typeof one, b: typeof one): number =>
        covariance(a.ofPositives, b.ofPositives) / positives.length + covariance(a.ofNegatives, b.ofNegatives) / negatives.length;

      const difference = aucDifference(column(0), column(1), column(2), { confidence: 0.95, margin: 0.01 });
      const auc = placementsOf(column(0), column(1))?.auc ?? Number.NaN;

      assert.ok(Math.abs(auc - one.ofPositives.reduce((sum, share) => sum + share, 0) / positives.length) < 1e-12);
      assert.ok(Math.abs((difference?.standardError ?? Number.NaN) ** 2 - (s(one, one) + s(two, two) - 2 * s(one, two))) < 1e-12);
    }),
  );
});

test('equal rankings differ by exactly nothing', () => {
  const truth = Float64Array.from([1, 0, 1, 0, 0, 1]);
  const scores = Float64Array.from([0.9, 0.2, 0.6, 0.7, 0.1, 0.4]);

  const difference = aucDifference(
    truth,
    scores,
    scores.map((score) => score * 2),
    { confidence: 0.95, margin: 0.01 },
  );

  assert.deepEqual([difference?.value, difference?.standardError, difference?.low, difference?.high], [0, 0, 0, 0]);
});

test('a perfect ranking of few rows gets a wide interval, not a point', () => {
  const truth = Float64Array.from({ length: 60 }, (_, row) => Number(row < 10));
  const scores = Float64Array.from({ length: 60 }, (_, row) => -row);

  const estimate = aucEstimate(truth, scores, 0.95);

  assert.equal(estimate?.value, 1);
  assert.equal(estimate?.method, 'wilson-disjoint-pairs');
  // Wilson at 10 of 10: 10 / (10 + 1.645^2)
  assert.ok(Math.abs((estimate?.low ?? 0) - 0.787) < 0.001);
});

test('one class alone has no AUC', () => {
  assert.equal(aucEstimate(Float64Array.of(1, 1), Float64Array.of(0.2, 0.3), 0.95), null);
});
