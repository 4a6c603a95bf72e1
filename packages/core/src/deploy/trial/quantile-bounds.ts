import { normalQuantile } from '@tidegate/runtime';

export interface QuantileBounds {
  readonly estimate: number;
  /** One-sided bounds, each at the confidence asked for; null where there are too few values for one. */
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * A quantile with bounds that hold whatever the distribution: the number of values below the true quantile is binomial, so an order
 * statistic is a bound at a known confidence (H. A. David, H. N. Nagaraja: Order Statistics, 3rd ed., section 7.1).
 *
 * @param values at least one, in any order
 */
export function quantileBounds(
  values: readonly number[],
  { quantile, confidence }: { readonly quantile: number; readonly confidence: number },
): QuantileBounds {
  const sorted = values.toSorted((a, b) => a - b);
  const count = sorted.length;
  const below = binomialCdf(count, quantile); // below[k] = P(at most k values lie below the quantile)
  const highRank = below.findIndex((probability) => probability >= confidence) + 1; // the smallest k with P(at most k - 1) >= confidence
  const lowRank = below.findLastIndex((probability) => 1 - probability >= confidence) + 1; // the largest j with P(at least j) >= confidence
  return {
    estimate: sorted[Math.min(count - 1, Math.ceil(quantile * count) - 1)] ?? Number.NaN,
    low: lowRank >= 1 ? (sorted[lowRank - 1] ?? null) : null,
    high: highRank >= 1 && highRank <= count ? (sorted[highRank - 1] ?? null) : null,
  };
}

/** Values needed before there is an upper bound at all: then the largest one is it. 299 for the 99th percentile at 95 %. */
export function valuesNeeded({ quantile, confidence }: { readonly quantile: number; readonly confidence: number }): number {
  return Math.ceil(Math.log(1 - confidence) / Math.log(quantile));
}

/** P(X <= k) for k = 0 … count - 1, X binomial; in logarithms, for the first terms are too small for a number. */
function binomialCdf(count: number, probability: number): readonly number[] {
  const step = Math.log(probability / (1 - probability));
  let logMass = count * Math.log1p(-probability);
  let sum = 0;
  return Array.from({ length: count }, (_, k) => {
    if (k > 0) logMass += Math.log((count - k + 1) / k) + step;
    sum += Math.exp(logMass);
    return Math.min(1, sum);
  });
}

/**
 * Values at which a bound would clear a limit with 80 % power, when this share of them lies within it (normal approximation of the binomial);
 * null when that share is so near the quantile that hardly any number would do.
 */
export function valuesToDecide(
  within: number,
  { quantile, confidence }: { readonly quantile: number; readonly confidence: number },
): number | null {
  const least = valuesNeeded({ quantile: within >= quantile ? quantile : 1 - quantile, confidence });
  const effect = Math.abs(within - quantile);
  if (effect === 0) return null;
  const spread = normalQuantile(confidence) * Math.sqrt(quantile * (1 - quantile)) + normalQuantile(0.8) * Math.sqrt(within * (1 - within));
  const values = Math.ceil((spread / effect) ** 2);
  return values > 1e6 ? null : Math.max(least, values);
}
