import { logGamma } from './gamma.ts';

/** Rows that have a property, among all rows, in two samples. */
export interface TwoShares {
  readonly reference: { readonly hits: number; readonly rows: number };
  readonly current: { readonly hits: number; readonly rows: number };
}

/**
 * Fisher's exact test that two shares are equal, given how many hits there are in both samples together: two-sided as twice the smaller
 * tail of the hypergeometric distribution, at most 1 (Agresti 1992, Statistical Science 7:131). Holds for any counts, however rare.
 *
 * @returns null when no row, or every row, is a hit, or a sample is empty
 */
export function fisherExactTest({ reference, current }: TwoShares): number | null {
  const hits = reference.hits + current.hits;
  const rows = reference.rows + current.rows;
  if (reference.rows === 0 || current.rows === 0 || hits === 0 || hits === rows) return null;
  const drawn = current.rows;
  const at = (found: number): number => Math.exp(logChoose(hits, found) + logChoose(rows - hits, drawn - found) - logChoose(rows, drawn));
  const least = Math.max(0, drawn + hits - rows);
  const most = Math.min(hits, drawn);
  const own = at(current.hits);
  let upper = own;
  for (let found = current.hits, term = own; found < most && term > 1e-18 * upper; found++) {
    term *= ((hits - found) * (drawn - found)) / ((found + 1) * (rows - hits - drawn + found + 1));
    upper += term;
  }
  let lower = own;
  for (let found = current.hits, term = own; found > least && term > 1e-18 * lower; found--) {
    term *= (found * (rows - hits - drawn + found)) / ((hits - found + 1) * (drawn - found + 1));
    lower += term;
  }
  return Math.min(1, 2 * Math.min(upper, lower));
}

function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
