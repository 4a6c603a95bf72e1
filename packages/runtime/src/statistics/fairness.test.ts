import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calibrationError } from './calibration-error.ts';
import { gapDifference, gapEstimate, groupValues } from './fairness.ts';
import golden from './fixtures/samples.json' with { type: 'json' };
import type { Sample } from './sample.ts';
import { seededRandom } from './seeded-random.ts';

const { grouped } = golden;
const groups = { of: Int32Array.from(grouped.groups), count: 3 };
const sample: Sample = {
  task: 'binary',
  truth: Float64Array.from(grouped.truth),
  prediction: Float64Array.from(grouped.prediction),
  trueProbability: null,
};
const options = { confidence: 0.95, margin: 0.02, seed: 1, replicates: 2000, groups };

test("gaps between groups are Fairlearn's", () => {
  for (const measure of ['demographic_parity', 'equal_opportunity', 'equalised_odds', 'accuracy'] as const) {
    const gap = gapEstimate(measure, sample, { ...options, replicates: 100 });

    assert.ok(Math.abs((gap?.value ?? Number.NaN) - grouped[measure]) < 1e-12, `${measure}: ${gap?.value}`);
  }
  assert.equal(groupValues('demographic_parity', sample, groups).length, 3);
});

test('equalised odds are the worse of what is found and of false alarms', () => {
  // every positive row is found in both groups; of the negative ones half of the second are false alarms
  const given = { of: Int32Array.of(0, 0, 0, 1, 1, 1), count: 2 };
  const alarms: Sample = {
    task: 'binary',
    truth: Float64Array.of(1, 0, 0, 1, 0, 0),
    prediction: Float64Array.of(0.9, 0.1, 0.1, 0.9, 0.1, 0.9),
    trueProbability: null,
  };

  assert.equal(gapEstimate('equalised_odds', alarms, { ...options, groups: given })?.value, 0.5);
  assert.equal(gapEstimate('equal_opportunity', alarms, { ...options, groups: given })?.value, 0);
});

test('a model that treats groups alike has a smaller gap than one that does not, and rows of no group do not count', () => {
  const fair = { ...sample, prediction: sample.truth.map((value) => 0.2 + 0.6 * value) };
  const unfair = { ...sample, prediction: sample.truth.map((value, row) => (groups.of[row] === 0 ? 0.1 : 0.2 + 0.6 * value)) };
  const smaller = gapDifference('equal_opportunity', { candidate: fair, champion: unfair }, options);
  const without = gapEstimate('equal_opportunity', unfair, { ...options, groups: { of: groups.of.map((group) => group - 1), count: 2 } });

  assert.equal(smaller?.value, 1);
  assert.equal(without?.value, 0);
  assert.equal(gapEstimate('auc', sample, options), null);
});

test('the error of a calibrated model is 0 on average at any number of rows, and that of another is its square', () => {
  const random = seededRandom(7);
  const meanOf = (rows: number, bend: (p: number) => number): number => {
    let sum = 0;
    for (let repeat = 0; repeat < 300; repeat++) {
      const probability = Float64Array.from({ length: rows }, random.unit);
      const truth = probability.map((p) => Number(random.unit() < bend(p)));
      sum += (calibrationError(truth, probability) ?? Number.NaN) / 300;
    }
    return sum;
  };

  for (const rows of [100, 1000]) assert.ok(Math.abs(meanOf(rows, (p) => p)) < 0.002, `${rows} rows`);
  // half a probability too high, a quarter on average: the mean of (p / 2)² is 1/12
  assert.ok(Math.abs(meanOf(1000, (p) => p / 2) - 1 / 12) < 0.002);
  assert.equal(calibrationError(new Float64Array(59), new Float64Array(59)), null);
});
