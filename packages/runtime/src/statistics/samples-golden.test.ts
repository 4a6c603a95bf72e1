import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetricName } from '@tidegate/formats';
import { compareMetric } from './compare-metric.ts';
import golden from './fixtures/samples.json' with { type: 'json' };
import { measureMetric } from './measure-metric.ts';
import { metricValue } from './metric-value.ts';
import { rowCount, type Sample, takeRows } from './sample.ts';

const options = { confidence: 0.95, margin: 0.01, seed: 1, replicates: 10_000 };

function sampleOf(
  task: Sample['task'],
  { truth, prediction }: { readonly truth: readonly number[]; readonly prediction: readonly number[] },
  more: Partial<Sample> = {},
): Sample {
  return { task, truth: Float64Array.from(truth), prediction: Float64Array.from(prediction), trueProbability: null, ...more };
}

function holdAgainst(sample: Sample, scores: { readonly [metric: string]: number }): void {
  for (const [metric, expected] of Object.entries(scores))
    for (const value of [
      measureMetric(metric as MetricName, sample, { ...options, replicates: 50 })?.value,
      metricValue(metric as MetricName, sample),
    ])
      assert.ok(
        Math.abs((value ?? Number.NaN) - expected) <= 1e-12 * Math.max(1, Math.abs(expected)),
        `${metric}: ${value} is not ${expected}`,
      );
}

test('metrics of weighted rows have the values that scikit-learn gives', () => {
  const { weighted, weighted_numbers: numbers } = golden;

  holdAgainst(sampleOf('binary', weighted, { weights: Float64Array.from(weighted.weights) }), weighted.scores);
  holdAgainst(sampleOf('regression', numbers, { weights: Float64Array.from(numbers.weights) }), numbers.scores);
});

test('the gain of ranked queries is the one that scikit-learn gives, ties among scores included', () => {
  const { ranked } = golden;

  holdAgainst(sampleOf('regression', ranked, { queries: Int32Array.from(ranked.queries) }), { ndcg: ranked.ndcg, ndcg_10: ranked.ndcg_10 });
});

test('metrics of several labels have the values that scikit-learn gives over all labels', () => {
  const { labelled } = golden;
  const sample = sampleOf('multilabel', labelled, { labels: labelled.labels });

  holdAgainst(sample, labelled.scores);
  assert.equal(rowCount(takeRows(sample, Int32Array.of(3, 1))), 2);
});

test("the interval of clustered rows is SciPy's of the clusters within the noise of drawing, and wider than that of independent rows", () => {
  const { hits, sizes, low, high } = golden.clustered;
  const rows = sizes.flatMap((size, cluster) => Array.from({ length: size }, (_, row) => ({ cluster, hit: row < (hits[cluster] ?? 0) })));
  const given = { truth: rows.map(() => 1), prediction: rows.map(({ hit }) => (hit ? 0.9 : 0.1)) };
  const clustered = measureMetric(
    'accuracy',
    sampleOf('binary', given, { clusters: Int32Array.from(rows, ({ cluster }) => cluster) }),
    options,
  );
  const independent = measureMetric('accuracy', sampleOf('binary', given), options);
  const width = high - low;

  assert.ok(Math.abs((clustered?.low ?? 0) - low) < 0.03 * width, `${clustered?.low} is not ${low}`);
  assert.ok(Math.abs((clustered?.high ?? 0) - high) < 0.03 * width, `${clustered?.high} is not ${high}`);
  assert.ok((independent?.high ?? 1) - (independent?.low ?? 0) < 0.7 * width);
});

test('mean reciprocal rank is one over the rank of what was sought, in queries that have it', () => {
  const ranked = { truth: [0, 1, 0, 1, 0, 0, 0], prediction: [3, 2, 1, 9, 1, 5, 4] };
  const sample = sampleOf('binary', ranked, { queries: Int32Array.of(0, 0, 0, 1, 1, 2, 2) });

  assert.equal(metricValue('mrr', sample), 0.75);
});

test('the relative error holds a forecast against the last value, where there was one', () => {
  const sample = sampleOf(
    'regression',
    { truth: [10, 12, 50], prediction: [11, 12, 0] },
    { lastValue: Float64Array.of(6, 12, Number.NaN) },
  );

  assert.equal(metricValue('relative_mae', sample), 0.25);
});

test('a custom metric is a mean, or a ratio of what rows contribute, and is compared the way it points', () => {
  const contribution = (values: readonly number[], per: readonly number[] | null): Sample =>
    sampleOf(
      'regression',
      { truth: [0, 0, 0, 0], prediction: [0, 0, 0, 0] },
      { contributions: { 'custom.cost': { values: Float64Array.from(values), per: per && Float64Array.from(per) } } },
    );

  assert.equal(metricValue('custom.cost', contribution([1, 2, 3, 6], null)), 3);
  assert.equal(metricValue('custom.cost', contribution([1, 2, 3, 6], [1, 1, 1, 3])), 2);
  const cheaper = { candidate: contribution([1, 2, 3, 4], null), champion: contribution([2, 4, 5, 5], null) };
  assert.equal(compareMetric({ name: 'custom.cost', higherIsBetter: false }, cheaper, options)?.value, 1.5);
});
