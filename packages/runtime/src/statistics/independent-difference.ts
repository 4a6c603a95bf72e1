import type { Estimate } from './estimate.ts';
import { normalQuantile } from './normal.ts';

/** How one number differs from another that was measured on other rows. */
export interface IndependentDifference {
  /** The first minus the second. */
  readonly value: number;
  /** One-sided bounds at the confidence of the estimates. */
  readonly low: number;
  readonly high: number;
}

/**
 * The difference of two estimates from independent samples, its bounds put together from theirs: square-and-add, also called MOVER (Zou and
 * Donner 2008, Statistics in Medicine 27:1693). Keeps the skewness of either interval.
 *
 * @returns null when an estimate has no interval
 */
export function independentDifference(first: Estimate, second: Estimate): IndependentDifference | null {
  if (first.low === null || first.high === null || second.low === null || second.high === null) return null;
  const value = first.value - second.value;
  return {
    value,
    low: value - Math.hypot(first.value - first.low, second.high - second.value),
    high: value + Math.hypot(first.high - first.value, second.value - second.low),
  };
}

/**
 * Rows of the first sample with which a bound would clear a limit with a chance of 80 %, if the difference stays; the second sample stays
 * as it is. Null when it leaves too much open for any number of rows.
 */
export function rowsToDecide(
  first: Estimate,
  second: Estimate,
  { rows, limit, confidence }: { readonly rows: number; readonly limit: number; readonly confidence: number },
): number | null {
  const varianceOf = ({ low, high }: Estimate): number => (((high ?? 0) - (low ?? 0)) / 2 / normalQuantile(confidence)) ** 2;
  const reach = normalQuantile(confidence) + normalQuantile(0.8);
  const allowed = ((first.value - second.value - limit) / reach) ** 2 - varianceOf(second);
  const needed = (varianceOf(first) * rows) / allowed;
  return needed > 0 && needed < 1e9 ? Math.ceil(needed) : null;
}
