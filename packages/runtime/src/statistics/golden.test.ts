import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetricName } from '@tidegate/formats';
import { compareMetric } from './compare-metric.ts';
import { aucDifference, placementsOf } from './delong.ts';
import golden from './fixtures/golden.json' with { type: 'json' };
import { holmAdjusted } from './holm.ts';
import { measureMetric } from './measure-metric.ts';
import { metricValue } from './metric-value.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import type { Sample } from './sample.ts';
import { studentCdf, studentQuantile } from './student-t.ts';
import { tangoDifference } from './tango.ts';
import { wilsonEstimate } from './wilson.ts';

const options = { confidence: 0.95, margin: 0.01, seed: 1, replicates: 10_000 };

function near(actual: number | null | undefined, expected: number | undefined, relative: number): void {
  assert.ok(actual !== null && actual !== undefined && expected !== undefined);
  assert.ok(Math.abs(actual - expected) <= relative * Math.max(Math.abs(expected), 1e-12), `${actual} is not ${expected}`);
}

function sampleOf(task: Sample['task'], truth: readonly number[], prediction: readonly number[]): Sample {
  return { task, truth: Float64Array.from(truth), prediction: Float64Array.from(prediction), trueProbability: null };
}

const binary = {
  candidate: sampleOf('binary', golden.binary.truth, golden.binary.candidate),
  champion: sampleOf('binary', golden.binary.truth, golden.binary.champion),
};
const regression = {
  candidate: sampleOf('regression', golden.regression.truth, golden.regression.candidate),
  champion: sampleOf('regression', golden.regression.truth, golden.regression.champion),
};

test('the normal and Student distributions are those of SciPy', () => {
  for (const [x, expected] of golden.normal_cdf) near(normalCdf(x ?? 0), expected, 1e-8);
  for (const [p, expected] of golden.normal_quantile) near(normalQuantile(p ?? 0), expected, 1e-14);
  for (const [t, degrees, expected] of golden.student_cdf) near(studentCdf(t ?? 0, degrees ?? 1), expected, 1e-11);
  for (const [p, degrees, expected] of golden.student_quantile) near(studentQuantile(p ?? 0, degrees ?? 1), expected, 1e-10);
});

test("Wilson's interval and Holm's adjustment are those of statsmodels", () => {
  for (const [hits = 0, rows = 0, low, high] of golden.wilson) {
    const estimate = wilsonEstimate(hits, rows, 0.95);

    assert.ok(Math.abs((estimate.low ?? 1) - (low ?? 0)) < 1e-12);
    assert.ok(Math.abs((estimate.high ?? 1) - (high ?? 0)) < 1e-12);
  }
  holmAdjusted(golden.holm.p).forEach((adjusted, index) => near(adjusted, golden.holm.adjusted[index], 1e-12));
});

test("Tango's interval is the one that a numerically restricted likelihood gives", () => {
  for (const { gained, lost, rows, low, high } of golden.tango) {
    const difference = tangoDifference({ gained, lost, rows }, { confidence: 0.975, margin: 0.01 });

    near(difference.low, low, 1e-6);
    near(difference.high, high, 1e-6);
  }
});

test('metrics have the values that scikit-learn gives', () => {
  const models = [
    [binary.candidate, golden.binary.candidate_scores],
    [binary.champion, golden.binary.champion_scores],
    [regression.candidate, golden.regression.candidate_scores],
    [regression.champion, golden.regression.champion_scores],
  ] as const;
  for (const [sample, scores] of models)
    for (const [metric, expected] of Object.entries(scores).filter(([name]) => name !== 'auc_variance'))
      for (const value of [measureMetric(metric as MetricName, sample, options)?.value, metricValue(metric as MetricName, sample)])
        near(value, expected, 1e-12);
});

test('metrics of several classes have the values that scikit-learn gives', () => {
  const { truth, prediction, true_probability, accuracy, log_loss } = golden.multiclass;
  const sample = { ...sampleOf('multiclass', truth, prediction), trueProbability: Float64Array.from(true_probability) };

  near(measureMetric('accuracy', sample, options)?.value, accuracy, 1e-12);
  near(measureMetric('log_loss', sample, options)?.value, log_loss, 1e-12);
});

test('the variance of an AUC and of a paired difference is the one that roc_comparison gives', () => {
  const { truth, prediction } = binary.candidate;
  const reach = normalQuantile(0.95);
  const single = measureMetric('auc', binary.candidate, options);
  const paired = aucDifference(truth, prediction, binary.champion.prediction, options);

  near((((single?.high ?? 0) - (single?.low ?? 0)) / 2 / reach) ** 2, golden.binary.candidate_scores.auc_variance, 1e-9);
  near((paired?.standardError ?? 0) ** 2, golden.binary.auc_difference_variance, 1e-9);
  near(placementsOf(truth, prediction)?.auc, golden.binary.candidate_scores.auc, 1e-12);
});

test("the paired t test is SciPy's", () => {
  const difference = compareMetric({ name: 'mae', higherIsBetter: false }, regression, options);

  near(difference?.pWorse, golden.regression.mae_difference.p_worse, 1e-9);
  near(difference?.low, golden.regression.mae_difference.low, 1e-9);
  near(difference?.high, golden.regression.mae_difference.high, 1e-9);
});

test("the BCa bounds are SciPy's within the noise of drawing", () => {
  const rmse = measureMetric('rmse', regression.candidate, options);
  const f1 = compareMetric({ name: 'f1', higherIsBetter: true }, binary, options);
  const width = ([low = 0, high = 0]: readonly number[]): number => high - low;
  const closeTo = (actual: number | null | undefined, expected: number | undefined, interval: readonly number[]): void =>
    assert.ok(Math.abs((actual ?? Number.NaN) - (expected ?? Number.NaN)) < 0.03 * width(interval), `${actual} is not ${expected}`);

  closeTo(rmse?.low, golden.regression.rmse_interval[0], golden.regression.rmse_interval);
  closeTo(rmse?.high, golden.regression.rmse_interval[1], golden.regression.rmse_interval);
  closeTo(f1?.low, golden.binary.f1_difference_interval[0], golden.binary.f1_difference_interval);
  closeTo(f1?.high, golden.binary.f1_difference_interval[1], golden.binary.f1_difference_interval);
});
