import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest, Evidence, Metric } from '@tidegate/formats';
import { type Sample, seededRandom } from '@tidegate/runtime';
import type { GateConfig } from '../config/index.ts';
import type { Opponent } from './judge-champion.ts';
import { type JudgeRequest, judgeModel } from './judge-model.ts';
import type { ScoredRows } from './scored-rows.ts';

const digest = `sha256:${'d'.repeat(64)}` as Digest;
const other = `sha256:${'e'.repeat(64)}` as Digest;
const rows = 3000;
const random = seededRandom(20261201);
const truth = Float64Array.from({ length: rows }, () => Number(random.unit() < 0.4));
const good = truth.map((value) => Math.min(0.95, Math.max(0.05, 0.25 + 0.5 * value + 0.3 * (random.unit() - 0.5))));
const group = Array.from({ length: rows }, () => (random.unit() < 0.5 ? 'a' : 'b'));

function scoredOf(candidate: Float64Array, champion: Float64Array): ScoredRows {
  const sample = (prediction: Float64Array): Sample => ({ task: 'binary', truth, prediction, trueProbability: null });
  return {
    candidate: sample(candidate),
    champion: sample(champion),
    comparable: Int32Array.from(truth.keys()),
    baselines: [],
    seeds: [],
    corrupted: [],
    slices: ['a', 'b', 'tiny'].map((value) => ({
      column: 'group',
      value,
      rows: Int32Array.from(group.flatMap((name, row) => ((row < 20 ? 'tiny' : name) === value ? [row] : []))),
    })),
    counts: {
      all: rows,
      withoutLabel: 0,
      unknownLabel: { rows: 0, example: null },
      repeatedIds: 0,
      withoutPrediction: 0,
      withoutWeight: 0,
      trainedOn: 0,
      champion: { unmatched: 0, withoutPrediction: 0, trainedOn: 0 },
    },
  };
}

const scored: Opponent = { kind: 'scored', release: digest, modelVersion: digest, trainedOnKnown: true };

function judged(
  scoredRows: ScoredRows,
  changes: Partial<GateConfig>,
  request: Partial<JudgeRequest> = {},
): { readonly verdict: string; readonly find: (name: string) => Evidence | undefined } {
  const { evidence, verdict } = judgeModel(scoredRows, {
    settings: {
      model: 'delay',
      evaluate: { on: { kind: 'features', service: 'delay' }, label: 'late', metrics: ['accuracy'], slices: ['group'], ignore: [] },
      gate: {
        min: {},
        max: {},
        primary: { metric: 'accuracy', margin: { kind: 'absolute', value: 0.02 } },
        slices: null,
        confidence: 0.95,
        ...changes,
      },
    },
    signature: { task: 'binary', inputs: [], classes: ['no', 'yes'] },
    artifact: digest,
    bytes: 1000,
    trainedOnKnown: true,
    hasIds: true,
    opponent: scored,
    seed: 1,
    replicates: 400,
    ...request,
  });
  return { verdict, find: (name) => evidence.find((one) => one.name === name) };
}

const fairness = { by: ['group'], measures: ['demographic_parity', 'equal_opportunity'], margin: 0.02, max: null, minRows: 100 };

test('a candidate that is worse in one group fails by the gap that grew, and small groups do not count and are told', () => {
  // a third of group b is not found
  const unfair = good.map((value, row) => (group[row] === 'b' && row % 3 === 0 ? value / 3 : value));

  const { find } = judged(scoredOf(unfair, good), { fairness });

  assert.equal(find('fairness-growth.equal_opportunity.group')?.verdict, 'fail');
  assert.match(
    find('fairness-growth.equal_opportunity.group')?.reason ?? '',
    /^The gap in equal_opportunity by group is 0\.3\d+ against the champion's 0: it grew by \+0\.3\d+, between .* and 0\.02 counts as none; 1 of 3 groups have fewer than 100 rows and do not count$/,
  );
});

test('the same predictions have the same gap, and an absolute limit is judged by its interval', () => {
  const { find } = judged(scoredOf(good, good), { fairness: { ...fairness, max: 0.1 } });

  assert.equal(find('fairness-growth.demographic_parity.group')?.verdict, 'pass');
  assert.equal(find('fairness.demographic_parity.group')?.verdict, 'pass');
  assert.equal(
    judged(scoredOf(good, good), { fairness: { ...fairness, max: 0 } }).find('fairness.demographic_parity.group')?.verdict,
    'fail',
  );
});

test('groups that cannot be compared are inconclusive', () => {
  const { find } = judged(scoredOf(good, good), { fairness: { ...fairness, minRows: 2900 } });

  assert.equal(find('fairness-growth.demographic_parity.group')?.verdict, 'inconclusive');
  assert.match(find('fairness-growth.demographic_parity.group')?.reason ?? '', /none has 2900 rows or more$/);
});

test('probabilities pushed to the ends decide alike and fail by their proper score', () => {
  const sure = good.map((value) => (value > 0.5 ? 0.999 : 0.001));
  const honest = truth.map(() => 0.5 + 0.3 * (random.unit() - 0.5));
  const sureOfIt = honest.map((value) => (value > 0.5 ? 0.999 : 0.001));
  const calibration = { metric: null, margin: { kind: 'relative', value: 0.05 } } as const;

  const worse = judged(scoredOf(sureOfIt, honest), { calibration });

  assert.equal(worse.find('calibration.brier')?.verdict, 'fail');
  assert.match(
    worse.find('calibration.brier')?.reason ?? '',
    /the calibration error without the bias of few rows is 0\.\d+ against 0\.\d+$/,
  );
  assert.equal(judged(scoredOf(good, good), { calibration }).find('calibration.brier')?.verdict, 'pass');
  assert.equal(judged(scoredOf(sure, good), {}).find('calibration.brier'), undefined);
});

test('a person lets a check through for one model file, by name and with a reason that stays; what is invalid stays invalid', () => {
  const worse = scoredOf(
    truth.map((value) => 1 - value),
    good,
  );
  const override = { check: 'primary.accuracy', model: 'dddddddddddd', person: 'Ann Lee', reason: 'the old sensor is gone' };

  const through = judged(worse, { overrides: [override] });
  const elsewhere = judged(worse, { overrides: [override] }, { artifact: other });
  const invalid = judged(
    { ...worse, counts: { ...worse.counts, trainedOn: 5 } },
    { overrides: [{ ...override, check: 'validity.training-rows' }] },
  );

  assert.equal(through.verdict, 'pass');
  assert.deepEqual([through.find('primary.accuracy')?.verdict, through.find('primary.accuracy')?.blocking], ['fail', false]);
  assert.match(through.find('primary.accuracy')?.reason ?? '', /; let through by Ann Lee: the old sensor is gone$/);
  assert.equal(elsewhere.verdict, 'fail');
  assert.equal(invalid.verdict, 'invalid');
});

test('a check compares with the champion scored again, with its old number from the same rows, or not at all', () => {
  const old: Metric = {
    name: 'accuracy',
    value: 0.9,
    low: 0.89,
    high: 0.91,
    confidence: 0.9,
    method: 'wilson',
    rows,
    higherIsBetter: true,
  };
  const policies = { primary: 'refresh', slices: 'refresh', calibration: 'refresh', fairness: 'refresh' } as const;
  const carry = { baseline: { ...policies, primary: 'carry' as const } };
  const carried = (isSameTestSet: boolean): Partial<JudgeRequest> => ({
    opponent: { ...scored, carried: { testSet: other, isSameTestSet, metrics: [old] } },
  });

  const same = judged(scoredOf(good, good), carry, carried(true));
  const changed = judged(scoredOf(good, good), carry, carried(false));
  const again = judged(scoredOf(good, good), {}, carried(false));
  const skipped = judged(scoredOf(good, good), { baseline: { ...policies, primary: 'skip' } });
  const limited = judged(scoredOf(good, good), { baseline: { ...policies, primary: 'skip' }, min: { accuracy: 0.5 } });

  assert.match(same.find('primary.accuracy')?.reason ?? '', /^accuracy is 1 against 0\.9, carried from when the champion was let through/);
  assert.deepEqual([same.verdict, changed.verdict, again.verdict], ['pass', 'invalid', 'pass']);
  assert.match(
    again.find('validity.test-set')?.reason ?? '',
    /another than the champion was let through on .* its old numbers do not count, it was scored again$/,
  );
  // with neither a comparison nor a limit nothing says what is good enough
  assert.deepEqual([skipped.verdict, limited.verdict], ['inconclusive', 'pass']);
});
