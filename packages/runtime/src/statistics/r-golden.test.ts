import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clopperPearson } from './clopper-pearson.ts';
import { aucDifference, aucEstimate } from './delong.ts';
import golden from './fixtures/r.json' with { type: 'json' };
import { hochbergAdjusted } from './hochberg.ts';
import { holmAdjusted } from './holm.ts';
import { meanDifference } from './means.ts';
import { normalCdf } from './normal.ts';
import { wilsonEstimate } from './wilson.ts';

const outcome = Float64Array.from(golden.outcome);

function near(actual: number | null | undefined, expected: number | undefined): void {
  assert.ok(actual !== null && actual !== undefined && expected !== undefined);
  assert.ok(Math.abs(actual - expected) <= 1e-9, `${actual} is not ${expected}`);
}

test('the AUC and its interval are those of pROC on its own data', () => {
  for (const name of ['s100b', 'ndka', 'wfns'] as const) {
    const { value, low, high } = golden[`${name}_auc`];
    const estimate = aucEstimate(outcome, Float64Array.from(golden[name]), 0.95);

    near(estimate?.value, value);
    near(estimate?.low, low);
    near(estimate?.high, high);
  }
});

test('the paired difference of two AUCs is that of pROC', () => {
  const { difference, variance, p_two_sided: p } = golden.paired;
  const paired = aucDifference(outcome, Float64Array.from(golden.s100b), Float64Array.from(golden.ndka), {
    confidence: 0.95,
    margin: 0.01,
  });

  near(paired?.value, difference);
  near((paired?.standardError ?? 0) ** 2, variance);
  near(2 * normalCdf(-Math.abs((paired?.value ?? 0) / (paired?.standardError ?? 1))), p);
});

test("bounds of a share, the paired t test and adjusted p values are R's", () => {
  const { hits, rows, exact, score } = golden.share;
  const bounds = clopperPearson(hits, rows, 0.95);
  const wilson = wilsonEstimate(hits, rows, 0.95);
  const differences = Float64Array.from(golden.s100b, (value, row) => value - (golden.ndka[row] ?? 0) / 30);
  const paired = meanDifference(differences, { confidence: 0.95, margin: 0.01 });

  [bounds.low, bounds.high].forEach((bound, side) => near(bound, exact[side]));
  [wilson.low, wilson.high].forEach((bound, side) => near(bound, score[side]));
  near(paired?.low, golden.paired_t.low);
  near(paired?.high, golden.paired_t.high);
  near(paired?.pWorse, golden.paired_t.p_less);
  holmAdjusted(golden.adjusted.p).forEach((adjusted, place) => near(adjusted, golden.adjusted.holm[place]));
  hochbergAdjusted(golden.adjusted.p).forEach((adjusted, place) => near(adjusted, golden.adjusted.hochberg[place]));
});
