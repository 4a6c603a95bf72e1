import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootstrapEstimate } from './bootstrap.ts';
import { jackknifeEstimate } from './jackknife.ts';
import { compareMetric } from './compare-metric.ts';
import { measureMetric } from './measure-metric.ts';
import type { Sample } from './sample.ts';
import { seededRandom } from './seeded-random.ts';
import { statisticOfMeans } from './weights.ts';

const options = { confidence: 0.95, margin: 0.01, seed: 3, replicates: 2000 };

function uniform(rows: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length: rows }, random.unit);
}

test('the same seed gives the same bounds, another seed others', () => {
  const squares = statisticOfMeans([uniform(300, 1)], ([mean = 0]) => Math.sqrt(mean));
  const bounds = (seed: number) => bootstrapEstimate(squares, 0.95, { rows: 300, seed, replicates: 500 });

  assert.deepEqual(bounds(1), bounds(1));
  assert.notEqual(bounds(1).low, bounds(2).low);
});

test('bootstrap and jackknife agree where there are many rows', () => {
  const rows = 5000;
  const root = statisticOfMeans([uniform(rows, 1)], ([mean = 0]) => Math.sqrt(mean));
  const drawn = bootstrapEstimate(root, 0.95, { rows, ...options });
  const leftOut = jackknifeEstimate(root, rows, 0.95);
  const width = (leftOut.high ?? 0) - (leftOut.low ?? 0);

  assert.equal(drawn.value, leftOut.value);
  assert.ok(Math.abs((drawn.low ?? 0) - (leftOut.low ?? 0)) < 0.15 * width);
  assert.ok(Math.abs((drawn.high ?? 0) - (leftOut.high ?? 0)) < 0.15 * width);
});

test('what rows cannot show is null, never a number', () => {
  const sample = (task: Sample['task'], truth: readonly number[], prediction: readonly number[]): Sample => ({
    task,
    truth: Float64Array.from(truth),
    prediction: Float64Array.from(prediction),
    trueProbability: null,
  });

  assert.equal(measureMetric('auc', sample('binary', [1, 1], [0.1, 0.2]), options), null);
  assert.equal(measureMetric('recall', sample('binary', [0, 0], [0.1, 0.2]), options), null);
  assert.equal(measureMetric('r2', sample('regression', [5, 5, 5], [5, 4, 6]), options), null);
  assert.equal(measureMetric('log_loss', sample('multiclass', [0, 1], [0, 1]), options), null);
  assert.equal(measureMetric('accuracy', sample('binary', [], []), options), null);
  assert.equal(measureMetric('mae', sample('regression', [1, 2], [Number.NaN, 2]), options), null);
});

test('a metric that is better when lower gives a positive difference to the better model', () => {
  const truth = uniform(200, 1);
  const noise = uniform(200, 2);
  const off = (by: number): Sample => ({
    task: 'regression',
    truth,
    prediction: truth.map((value, row) => value + by * (0.5 + (noise[row] ?? 0))),
    trueProbability: null,
  });
  for (const metric of ['rmse', 'mae', 'r2'] as const) {
    const difference = compareMetric(
      { name: metric, higherIsBetter: metric === 'r2' },
      { candidate: off(0.1), champion: off(0.2) },
      options,
    );

    assert.ok((difference?.low ?? 0) > 0, metric);
  }
});
