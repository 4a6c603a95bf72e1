import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeNonInferiority } from './non-inferiority.ts';
import { requiredRows } from './power.ts';
import { seededRandom } from './seeded-random.ts';
import { tangoDifference } from './tango.ts';

const options = { confidence: 0.95, margin: 0.01 };

function judge(gained: number, lost: number, rows: number, pWorse?: number) {
  const difference = tangoDifference({ gained, lost, rows }, options);
  return judgeNonInferiority(difference, { ...options, rows, ...(pWorse !== undefined && { pWorse }) });
}

test('6 % disagreement, a margin of one point and 80 % power need 3710 rows', () => {
  assert.equal(requiredRows(0.06, 0.01, { confidence: 0.95 }), 3710);
});

test('equal models pass with many rows and are inconclusive with few, with the rows needed', () => {
  assert.deepEqual(judge(300, 300, 10_000), { verdict: 'pass', rowsNeeded: null });
  assert.deepEqual(judge(30, 30, 1000), { verdict: 'inconclusive', rowsNeeded: 3710 });
});

test('a candidate that is proven worse by more than the margin fails', () => {
  assert.deepEqual(judge(100, 300, 5000), { verdict: 'fail', rowsNeeded: null });
});

test('a candidate proven worse, but by less than the margin, passes', () => {
  const difference = tangoDifference({ gained: 200, lost: 400, rows: 100_000 }, options);

  assert.ok(difference.high < 0);
  assert.equal(judge(200, 400, 100_000).verdict, 'pass');
});

test('an adjusted p value decides whether worse is proven', () => {
  assert.equal(judge(20, 40, 1000).verdict, 'fail');
  assert.equal(judge(20, 40, 1000, 0.08).verdict, 'inconclusive');
});

test('no number of rows is named when the measured loss is the margin or more', () => {
  assert.deepEqual(judge(5, 9, 400, 0.5), { verdict: 'inconclusive', rowsNeeded: null });
});

test('models that never differed in too few rows are inconclusive, with the rows that would do', () => {
  assert.deepEqual(judge(0, 0, 100), { verdict: 'inconclusive', rowsNeeded: 268 });
  assert.equal(judge(0, 0, 268).verdict, 'pass');
});

test('a difference without variation is invalid, no difference without variation is not', () => {
  const constant = { value: -0.5, low: -0.5, high: -0.5, pInferior: 1, pWorse: 0, standardError: 0, method: 'paired-t' };

  assert.equal(judgeNonInferiority(constant, { ...options, rows: 50 }).verdict, 'invalid');
  assert.equal(judgeNonInferiority({ ...constant, value: 0, low: 0, high: 0 }, { ...options, rows: 50 }).verdict, 'pass');
});

test('a model that is worse by exactly the margin passes in about 5 % of samples', () => {
  const random = seededRandom(5);
  const repeats = 1500;
  let passes = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    let gained = 0;
    let lost = 0;
    for (let row = 0; row < 1000; row++) {
      const outcome = random.unit();
      if (outcome < 0.025) gained++;
      else if (outcome < 0.06) lost++;
    }
    if (judge(gained, lost, 1000).verdict === 'pass') passes++;
  }

  // four standard errors of a share of 5 % in 1500 repeats are 2.25 points
  assert.ok(Math.abs(passes / repeats - 0.05) < 0.0225, `${passes} of ${repeats}`);
});
