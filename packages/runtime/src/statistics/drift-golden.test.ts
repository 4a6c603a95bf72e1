import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fisherExactTest } from './fisher-exact.ts';
import golden from './fixtures/drift.json' with { type: 'json' };
import { upperGamma } from './gamma.ts';
import { homogeneityTest } from './homogeneity.ts';
import { rankSumTest } from './rank-sum.ts';
import { yekutieliAdjusted } from './yekutieli.ts';

function near(actual: number | null | undefined, expected: number | undefined, relative: number): void {
  assert.ok(actual !== null && actual !== undefined && expected !== undefined);
  assert.ok(Math.abs(actual - expected) <= relative * Math.max(Math.abs(expected), 1e-300), `${actual} is not ${expected}`);
}

test('the upper incomplete gamma function is the one of SciPy, far out in the tail too', () => {
  for (const [a = 0, x = 0, expected] of golden.upper_gamma) near(upperGamma(a, x), expected, 1e-11);
  assert.equal(upperGamma(3, 0), 1);
  assert.equal(upperGamma(3, Number.POSITIVE_INFINITY), 0);
});

test('the chi-square test of homogeneity is the one of SciPy', () => {
  for (const { reference, current, statistic, degrees, p } of golden.homogeneity) {
    const found = homogeneityTest({ reference, current }, { ordered: true });

    near(found?.statistic, statistic, 1e-11);
    assert.equal(found?.degrees, degrees);
    near(found?.pValue, p, 1e-9);
  }
});

test('the rank sum test is the one of SciPy, with ties', () => {
  for (const { reference, current, above, p } of golden.rank_sum) {
    const found = rankSumTest({ reference, current });

    near(found?.above, above, 1e-12);
    near(found?.pValue, p, 1e-8);
  }
});

test("Fisher's exact test is twice the smaller tail of SciPy's hypergeometric distribution", () => {
  for (const { counts, p } of golden.fisher) {
    const [referenceHits = 0, referenceRows = 0, currentHits = 0, currentRows = 0] = counts;

    near(
      fisherExactTest({ reference: { hits: referenceHits, rows: referenceRows }, current: { hits: currentHits, rows: currentRows } }),
      p,
      1e-8,
    );
  }
});

test('the adjustment after Benjamini and Yekutieli is the one of statsmodels', () => {
  yekutieliAdjusted(golden.yekutieli.p).forEach((adjusted, index) => near(adjusted, golden.yekutieli.adjusted[index], 1e-12));
});

test('what nothing can be said of is no test', () => {
  const empty = { reference: [0, 0], current: [3, 4] };

  assert.equal(homogeneityTest(empty, { ordered: true }), null);
  assert.equal(rankSumTest(empty), null);
  assert.equal(rankSumTest({ reference: [0, 5], current: [0, 4] }), null);
  assert.equal(fisherExactTest({ reference: { hits: 0, rows: 9 }, current: { hits: 0, rows: 5 } }), null);
  assert.equal(fisherExactTest({ reference: { hits: 9, rows: 9 }, current: { hits: 5, rows: 5 } }), null);
  assert.deepEqual(yekutieliAdjusted([]), []);
});

test('bins that are too rare are pooled until five rows are expected in each', () => {
  const reference = [1000, 500, 3, 2, 4, 1];
  const current = [100, 50, 0, 1, 0, 0];

  assert.equal(homogeneityTest({ reference, current }, { ordered: true })?.bins, 2);
  assert.equal(homogeneityTest({ reference: reference.toReversed(), current: current.toReversed() }, { ordered: false })?.bins, 2);
});
