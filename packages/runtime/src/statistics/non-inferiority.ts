import type { Verdict } from '@tidegate/formats';
import type { Difference, DifferenceOptions } from './estimate.ts';
import { normalQuantile } from './normal.ts';
import { requiredRows } from './power.ts';

export interface Judgement {
  readonly verdict: Verdict;
  /** Rows for 80 % power when inconclusive; null otherwise, and when more rows would not help. */
  readonly rowsNeeded: number | null;
}

export interface JudgementOptions extends DifferenceOptions {
  readonly rows: number;
  /** The p value of "worse" after adjustment for a family of tests; default: the difference's own. */
  readonly pWorse?: number;
}

/**
 * The four verdicts on a candidate against a champion.
 *
 * - `pass`: the lower bound lies above minus the margin: a loss as large as the margin is ruled out.
 * - `fail`: proven worse, and not proven to be within the margin.
 * - `invalid`: the rows show a difference but no variation by which to judge it.
 * - `inconclusive`: neither is proven.
 */
export function judgeNonInferiority(difference: Difference, options: JudgementOptions): Judgement {
  const verdict = verdictOf(difference, options);
  return { verdict, rowsNeeded: verdict === 'inconclusive' ? rowsNeeded(difference, options) : null };
}

function verdictOf(difference: Difference, { margin, confidence, pWorse = difference.pWorse }: JudgementOptions): Verdict {
  if (isWithoutVariation(difference)) return 'invalid';
  if (difference.low > -margin) return 'pass';
  return pWorse < 1 - confidence ? 'fail' : 'inconclusive';
}

/** Paired differences that are all equal but for rounding. */
function isWithoutVariation({ value, standardError }: Difference): boolean {
  return value !== 0 && standardError <= 1e-12 * Math.abs(value);
}

/** Supposes that the true difference is the measured one, or none when the candidate looks better. */
function rowsNeeded(difference: Difference, { rows, margin, confidence }: JudgementOptions): number | null {
  const effect = margin + Math.min(0, difference.value);
  if (effect <= 0) return null;
  if (difference.standardError > 0) return requiredRows(difference.standardError ** 2 * rows, effect, { confidence });
  // two models that never differed: the rows by which Tango's bound z^2 / (n + z^2) comes below the margin
  return Math.ceil((normalQuantile(confidence) ** 2 * (1 - margin)) / margin);
}
