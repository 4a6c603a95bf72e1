import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aucDifference } from './delong.ts';
import { meanDifference } from './means.ts';
import { judgeNonInferiority } from './non-inferiority.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { seededRandom } from './seeded-random.ts';
import { tangoDifference } from './tango.ts';

const repeats = 4000;
const options = { confidence: 0.95, margin: 0.01 };

/** Shares of the verdicts over samples of two models that disagree on 6 % of rows and differ by `change` in accuracy. */
function simulate(rows: number, change: number): { readonly pass: number; readonly worse: number; readonly inconclusive: number } {
  const random = seededRandom(rows + Math.round(change * 1000));
  const share = { pass: 0, worse: 0, inconclusive: 0 };
  for (let repeat = 0; repeat < repeats; repeat++) {
    let gained = 0;
    let lost = 0;
    for (let row = 0; row < rows; row++) {
      const outcome = random.unit();
      if (outcome < (0.06 + change) / 2) gained++;
      else if (outcome < 0.06) lost++;
    }
    const difference = tangoDifference({ gained, lost, rows }, options);
    const { verdict } = judgeNonInferiority(difference, { ...options, rows });
    if (verdict === 'pass') share.pass += 1 / repeats;
    if (difference.high < 0) share.worse += 1 / repeats;
    if (verdict === 'inconclusive') share.inconclusive += 1 / repeats;
  }
  return share;
}

/** The table of docs/explanation/gate.md, itself a simulation of 4000 repeats. */
const table = [
  { rows: 1000, change: 0, pass: 0.35, worse: 0.055, inconclusive: 0.59 },
  { rows: 1000, change: -0.01, pass: 0.052, worse: 0.36, inconclusive: 0.59 },
  { rows: 1000, change: -0.02, pass: 0.001, worse: 0.84, inconclusive: 0.16 },
  { rows: 5000, change: 0, pass: 0.89, worse: 0.053, inconclusive: 0.055 },
  { rows: 5000, change: -0.01, pass: 0.05, worse: 0.9, inconclusive: 0.055 },
  { rows: 5000, change: -0.02, pass: 0, worse: 1, inconclusive: 0 },
] as const;

test('the gate passes, fails and stays inconclusive as often as the table in the explanation says', () => {
  for (const { rows, change, ...expected } of table) {
    const found = simulate(rows, change);
    for (const verdict of ['pass', 'worse', 'inconclusive'] as const) {
      const share = expected[verdict];
      // both sides are simulated, and the table is rounded to half a point or a point
      const tolerance = 4 * Math.sqrt((2 * Math.max(share * (1 - share), 0.001)) / repeats) + 0.005;

      assert.ok(
        Math.abs(found[verdict] - share) < tolerance,
        `${verdict} at n = ${rows}, change ${change}: ${found[verdict]}, table ${share}`,
      );
    }
  }
});

test('a model that is worse by exactly the margin passes in about 5 % of samples, by AUC and by mean loss', () => {
  const random = seededRandom(11);
  const normal = (): number => normalQuantile((random.next() + 0.5) / 4294967296);
  const samples = 1500;
  let byAuc = 0;
  let byLoss = 0;
  for (let sample = 0; sample < samples; sample++) {
    const truth = Float64Array.from({ length: 400 }, (_, row) => Number(row < 160));
    const base = truth.map((positive) => positive * 1.2 + normal());
    // scores with separations 1.2 / sqrt(1.25) and 1.0 / sqrt(1.25): AUCs differ by what the normal model says
    const champion = base.map((score) => score + 0.5 * normal());
    const candidate = base.map((score, row) => score - 0.2 * (truth[row] ?? 0) + 0.5 * normal());
    const margin = aucOfSeparation(1.2 / Math.sqrt(1.25)) - aucOfSeparation(1 / Math.sqrt(1.25));
    const auc = aucDifference(truth, candidate, champion, { confidence: 0.95, margin });
    if (auc !== null && auc.low > -margin) byAuc++;
    const loss = meanDifference(
      Float64Array.from({ length: 60 }, () => normal() - 0.3),
      { confidence: 0.95, margin: 0.3 },
    );
    if (loss !== null && loss.low > -0.3) byLoss++;
  }

  // four standard errors are 2.25 points
  assert.ok(Math.abs(byAuc / samples - 0.05) < 0.0225, `AUC: ${byAuc} of ${samples}`);
  assert.ok(Math.abs(byLoss / samples - 0.05) < 0.0225, `loss: ${byLoss} of ${samples}`);
});

/** AUC of two unit normals whose means lie that far apart. */
function aucOfSeparation(separation: number): number {
  return normalCdf(separation / Math.SQRT2);
}
