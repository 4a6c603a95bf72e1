import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Comparison, digestOfHex } from '@tidegate/formats';
import type { Sample } from '@tidegate/runtime';
import { projectOf } from '../fixtures/evaluation-rig.ts';
import type { ScoredRows } from '../scored-rows.ts';
import { judgeSeeds } from './judge-seeds.ts';

const [own, other] = [digestOfHex('11'.repeat(32)), digestOfHex('22'.repeat(32))];
const truth = Float64Array.from({ length: 100 }, (_, row) => row % 2);
const sample = (right: number): Sample => ({
  task: 'binary',
  truth,
  prediction: truth.map((value, row) => (row < right ? value : 1 - value)),
  trueProbability: null,
});
const seeds = { values: [1, 2, 3], given: { kind: 'variable' as const, name: 'TIDEGATE_SEED' } };
const { delay: model } = projectOf(
  { metrics: ['accuracy'], seeds },
  { primary: { metric: 'accuracy', margin: { kind: 'absolute', value: 0.01 } } },
).models;
assert.ok(model);
const settings = { evaluate: model.evaluate, gate: model.gate };

/** Accuracies in percent; the first is that of the candidate. */
function judged(
  [first = 0, ...rest]: readonly number[],
  { gain = null, artifact = other }: { readonly gain?: number | null; readonly artifact?: typeof own } = {},
) {
  const scored = { candidate: sample(first), seeds: rest.map((right, index) => ({ seed: index + 2, sample: sample(right) })) };
  const comparisons = gain === null ? [] : [{ metric: 'accuracy', difference: gain } as Comparison];
  const models = [2, 3].map((seed) => ({ seed, artifact, lacks: rest[seed - 2] === undefined ? 'it is broken' : null }));
  return judgeSeeds(scored as unknown as ScoredRows, { settings, models, artifact: own, comparisons });
}

test('the spread over seeds is said with the value of the model that is judged, and stops nothing', () => {
  const { spreads, findings } = judged([50, 25, 75]);

  assert.deepEqual(spreads, [
    {
      metric: 'accuracy',
      higherIsBetter: true,
      values: [
        { seed: 1, value: 0.5 },
        { seed: 2, value: 0.25 },
        { seed: 3, value: 0.75 },
      ],
      mean: 0.5,
      sd: 0.25,
      min: 0.25,
      max: 0.75,
    },
  ]);
  assert.deepEqual(
    findings.map(({ name, verdict, blocking, reason }) => [name, verdict, blocking, reason]),
    [
      [
        'seeds.accuracy',
        'pass',
        false,
        'accuracy over 3 seeds is 0.5 on average, with a standard deviation of 0.25, 0.25 to 0.75; that of the model that is judged, of seed 1, is 0.5',
      ],
    ],
  );
});

test('a gain over the champion that is smaller than the range of the seeds is pointed out, a larger one and a loss are not', () => {
  const verdictAt = (gain: number) => judged([50, 25, 75], { gain }).findings[0];

  assert.equal(verdictAt(0.3)?.verdict, 'inconclusive');
  assert.match(
    verdictAt(0.3)?.reason ?? '',
    /\. The gain of \+0\.3 over the champion is smaller than the 0\.5 by which seeds differ: with another seed it may not be there$/,
  );
  assert.deepEqual([verdictAt(0.6)?.verdict, verdictAt(-0.01)?.verdict], ['pass', 'pass']);
});

test('trainings that all made the same file did not use the seed, and one whose model gives no answer is named', () => {
  const same = judged([90, 90, 90], { artifact: own });
  const broken = judged([50, 25]);

  assert.deepEqual(same.spreads, []);
  assert.deepEqual(
    same.findings.map(({ verdict, reason }) => [verdict, reason]),
    [
      [
        'inconclusive',
        'All 3 trainings made the same file: the training does not use the variable TIDEGATE_SEED, or nothing in it is random',
      ],
    ],
  );
  assert.deepEqual(
    broken.findings.map(({ name, verdict, blocking }) => [name, verdict, blocking]),
    [
      ['seeds.seed-3', 'fail', false],
      ['seeds.accuracy', 'pass', false],
    ],
  );
});
