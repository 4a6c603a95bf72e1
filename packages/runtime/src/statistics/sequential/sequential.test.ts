import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alwaysValidP, type ArmSums, sequenceOfDifference } from './confidence-sequence.ts';
import { judgeLive, type LiveOptions } from './judge-live.ts';
import { type ArmOutcomes, type LiveOutcome, matureOutcomes } from './mature-outcomes.ts';
import { sampleRatioP } from './sample-ratio.ts';

const options: LiveOptions = { alpha: 0.05, expected: 0.02, margin: 0.01, share: 0.5, leastRows: 1000 };

/** An arm with so many right of so many. */
function arm(rows: number, right: number, rest: Partial<ArmOutcomes> = {}): ArmOutcomes {
  return { rows, sum: right, squares: right, unlabelled: 0, young: 0, ...rest };
}

test('the interval is that of the mixture likelihood ratio: at its ends the ratio is 1 over alpha', () => {
  const [candidate, champion]: readonly ArmSums[] = [arm(4000, 3400), arm(4000, 3300)];
  assert.ok(candidate !== undefined && champion !== undefined);
  const { value, low, high } = sequenceOfDifference(candidate, champion, options);
  const variance = [candidate, champion].reduce((all, { rows, sum }) => all + (sum * (rows - sum)) / rows / (rows - 1) / rows, 0);
  // Lambda by the formula of Johari and others, with sigma^2 = n v
  const ratioAt = (truth: number): number => {
    const [n, sigma2, tau2] = [4000, 4000 * variance, options.expected ** 2];
    const sum = n * (value - truth);
    return Math.sqrt(sigma2 / (sigma2 + n * tau2)) * Math.exp((tau2 * sum * sum) / (2 * sigma2 * (sigma2 + n * tau2)));
  };

  assert.ok(Math.abs(value - 0.025) < 1e-12);
  for (const end of [low, high]) assert.ok(end !== null && Math.abs(ratioAt(end) * options.alpha - 1) < 1e-9);
  assert.ok(Math.abs(alwaysValidP(candidate, champion, options) - Math.min(1, 1 / ratioAt(0))) < 1e-12);
});

test('a mean that few outcomes stand for has no bounds and no p value', () => {
  for (const few of [arm(99, 50), arm(1000, 9), arm(1000, 991), arm(1000, 0), arm(0, 0)]) {
    const { low, high } = sequenceOfDifference(few, arm(1000, 500), options);
    assert.deepEqual([low, high, alwaysValidP(few, arm(1000, 500), options)], [null, null, 1]);
  }
});

test('the verdicts: not worse, proven worse, too few, neither yet', () => {
  const said = (candidate: ArmOutcomes, champion: ArmOutcomes, changed: Partial<LiveOptions> = {}): string => {
    const { verdict, reason } = judgeLive(candidate, champion, { ...options, ...changed });
    return `${verdict}: ${reason}`;
  };

  assert.equal(said(arm(100_000, 90_000), arm(100_000, 90_000)), 'pass: not worse');
  assert.equal(said(arm(5000, 4000), arm(5000, 4500)), 'fail: proven worse');
  assert.equal(said(arm(500, 300), arm(500, 450)), 'fail: proven worse', 'harm needs no least number of rows');
  assert.equal(said(arm(100_000, 90_000), arm(100_000, 90_000), { leastRows: 200_000 }), 'inconclusive: too few outcomes');
  assert.equal(said(arm(2000, 1800), arm(2000, 1800)), 'inconclusive: neither is shown yet');
  assert.equal(said(arm(50, 40), arm(50, 40)), 'inconclusive: too few outcomes');
  assert.equal(said(arm(0, 0), arm(0, 0)), 'inconclusive: too few outcomes');
  assert.equal(said(arm(2_000_000, 1_798_000), arm(2_000_000, 1_800_000)), 'pass: not worse', 'a loss within the margin is none');
});

test('requests that are not divided as they were meant to be make every comparison invalid', () => {
  const uneven = judgeLive(arm(100_000, 90_000), arm(104_000, 93_600), options);
  assert.deepEqual([uneven.verdict, uneven.reason], ['invalid', 'requests are not divided as they were meant to be']);
  assert.equal(judgeLive(arm(10_000, 9000), arm(90_000, 81_000), { ...options, share: 0.1 }).verdict, 'pass');
  assert.ok(sampleRatioP(5050, 4950, 0.5) > 0.1);
  assert.ok(sampleRatioP(5300, 4700, 0.5) < 0.001);
});

test('labels that are missing more often in one arm are no chance, and nothing is read off what is left', () => {
  const lacking = judgeLive(arm(9000, 8100, { unlabelled: 1000 }), arm(9800, 8820, { unlabelled: 200 }), options);

  assert.deepEqual([lacking.verdict, lacking.reason], ['invalid', 'labels are missing in one arm more than in the other']);
  assert.notEqual(judgeLive(arm(9000, 8100, { unlabelled: 1000 }), arm(9020, 8118, { unlabelled: 980 }), options).verdict, 'invalid');
});

test('a prediction counts once it is old enough, whatever is known of it before', () => {
  const day = 86_400_000;
  const outcomes: readonly LiveOutcome[] = [
    { arm: 'candidate', madeAtMs: 0, score: 1 },
    { arm: 'candidate', madeAtMs: day, score: -2 },
    { arm: 'candidate', madeAtMs: day, score: null },
    { arm: 'candidate', madeAtMs: 9 * day, score: 0 },
    { arm: 'champion', madeAtMs: 8 * day, score: null },
    { arm: 'champion', madeAtMs: 3 * day, score: 0.5 },
  ];

  assert.deepEqual(matureOutcomes(outcomes, { nowMs: 10 * day, maturityMs: 7 * day }), {
    candidate: { rows: 2, sum: -1, squares: 5, unlabelled: 1, young: 1 },
    champion: { rows: 1, sum: 0.5, squares: 0.25, unlabelled: 0, young: 1 },
  });
});

test('settings that mean nothing are refused', () => {
  for (const wrong of [{ margin: 0 }, { share: 1 }, { share: Number.NaN }, { alpha: 0 }, { expected: 0 }])
    assert.throws(() => judgeLive(arm(100, 50), arm(100, 50), { ...options, ...wrong }), RangeError);
});
