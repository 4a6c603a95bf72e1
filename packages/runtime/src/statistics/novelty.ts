import { logGamma } from './gamma.ts';

/** How many different values there are that so many rows of both samples together have. */
export interface Multiplicity {
  /** Rows of the reference and of the current sample that have one such value. */
  readonly rows: number;
  readonly values: number;
}

export interface NoveltyCounts {
  /** Rows with a value. */
  readonly reference: number;
  readonly current: number;
  /** Of all values of either sample. */
  readonly multiplicities: readonly Multiplicity[];
  /** Current rows whose value no row of the reference has. */
  readonly unseen: number;
}

/**
 * How likely it is that so many current rows have values that the reference never had, if nothing changed. A column of names, where nearly each row has
 * another value, always has such rows; a column of classes never.
 *
 * If nothing changed, which rows are the current ones is chance. A value of k rows is then unseen if all k fell to the current sample, which has the
 * chance p = C(N - k, n - k) / C(N, n); the rows that are unseen are the sum of k times such events. These are negatively associated (Joag-Dev and
 * Proschan 1983, Annals of Statistics 11:286), so Chernoff's bound of independent ones holds for them: the p value is an upper bound, exact for any counts.
 *
 * @returns null when a sample is empty or no value can be unseen
 */
export function noveltyTest({ reference, current, multiplicities, unseen }: NoveltyCounts): number | null {
  const all = reference + current;
  const groups = multiplicities.filter(({ rows, values }) => values > 0 && rows > 0 && rows <= current).map(groupOf);
  if (reference === 0 || current === 0) return null;
  if (unseen === 0) return 1;
  const expected = groups.reduce((sum, { rows, values, logChance }) => sum + rows * values * Math.exp(logChance), 0);
  if (unseen <= expected) return 1;
  return Math.min(1, Math.exp(leastOf((tilt) => groups.reduce((sum, group) => sum + logMoment(group, tilt), -tilt * unseen))));

  function groupOf({ rows, values }: Multiplicity): Group {
    return { rows, values, logChance: logChoose(all - rows, current - rows) - logChoose(all, current) };
  }
}

interface Group extends Multiplicity {
  readonly logChance: number;
}

/** log E exp(tilt X), X being the unseen rows of the values of a group. */
function logMoment({ rows, values, logChance }: Group, tilt: number): number {
  const raised = tilt * rows + logChance;
  const rest = Math.log1p(-Math.exp(logChance));
  // log(1 - p + p exp(tilt rows)), where either may be too small or too large for a number
  return values * (raised < rest ? rest + Math.log1p(Math.exp(raised - rest)) : raised + Math.log1p(Math.exp(rest - raised)));
}

/** The least value of a convex function of a number from 0 up, by thirds of an interval that is doubled until the function rises. */
function leastOf(value: (tilt: number) => number): number {
  let high = 1;
  while (high < 64 && value(2 * high) < value(high)) high *= 2;
  let [low, top] = [0, 2 * high];
  for (let step = 0; step < 60; step++) {
    const third = (top - low) / 3;
    if (value(low + third) < value(top - third)) top -= third;
    else low += third;
  }
  return Math.min(value((low + top) / 2), 0);
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
