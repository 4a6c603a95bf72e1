import { type Sizes, sizesOf, stepsOf, type ValueCounts } from './value-counts.ts';

export interface KolmogorovSmirnov {
  /** The largest difference between the shares of rows that are at most some value. */
  readonly statistic: number;
  readonly pValue: number;
  /** Whether the p value is exact for values without ties (with ties it errs upwards), or that of very many rows. */
  readonly method: 'exact' | 'asymptotic';
}

/** Pairs of rows up to which paths are counted: a fifth of a second. */
const mostPairs = 1e7;

/** The two-sided test of Kolmogorov and Smirnov for two samples; null when one is empty. */
export function kolmogorovSmirnov(counts: ValueCounts): KolmogorovSmirnov | null {
  const rows = sizesOf(counts);
  if (rows.reference === 0 || rows.current === 0) return null;
  let most = 0;
  for (const { below, reference, current } of stepsOf(counts))
    most = Math.max(most, Math.abs((below.reference + reference) * rows.current - (below.current + current) * rows.reference));
  const statistic = most / (rows.reference * rows.current);
  const isExact = rows.reference * rows.current <= mostPairs;
  const pValue = isExact
    ? chanceOutside(rows, most)
    : kolmogorovTail(Math.sqrt((rows.reference * rows.current) / (rows.reference + rows.current)) * statistic);
  return { statistic, pValue, method: isExact ? 'exact' : 'asymptotic' };
}

/**
 * The share of all orders of the rows in which the difference somewhere is at least `most` (in units of one row of each sample): the chance that a path to
 * (i, j) was outside, from that of the two paths which it can come from (Hodges 1958, Arkiv för Matematik 3:469). All terms are positive, so even tiny ones are right.
 */
function chanceOutside({ reference, current }: Sizes, most: number): number {
  if (most === 0) return 1;
  const outside = new Float64Array(current + 1);
  for (let i = 0; i <= reference; i++)
    for (let j = 0; j <= current; j++) {
      if (Math.abs(i * current - j * reference) >= most) outside[j] = 1;
      else if (i + j > 0) outside[j] = (i * (i === 0 ? 0 : (outside[j] ?? 0)) + j * (j === 0 ? 0 : (outside[j - 1] ?? 0))) / (i + j);
      else outside[j] = 0;
    }
  return outside[current] ?? 1;
}

/** Kolmogorov's distribution: the chance of more than `x`, by whichever of its two series converges fast (Marsaglia, Tsang and Wang 2003, J. Stat. Software 8:18). */
export function kolmogorovTail(x: number): number {
  if (x <= 0.04) return 1;
  if (x < 1) {
    let sum = 0;
    for (let k = 1; k <= 20; k++) sum += Math.exp(-(((2 * k - 1) * Math.PI) ** 2) / (8 * x * x));
    return Math.max(0, 1 - (Math.sqrt(2 * Math.PI) / x) * sum);
  }
  let sum = 0;
  for (let k = 1; k <= 20; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, sum));
}
