import { normalQuantile } from '@tidegate/runtime';

const power = 0.8;

/**
 * The smallest effect that is significant and proven to be above what matters with a chance of 80 %, by normal approximation.
 *
 * @param error standard error of the effect, as large for the smallest one as for the one that was found
 * @param nothing what the effect is when nothing changed
 * @param tests how many effects the p value is of, the least of which counts
 */
export function smallestEffect({ error, nothing, limit, confidence, tests = 1 }: Effect, level: number): number | null {
  const significant = nothing + (normalQuantile(1 - level / (2 * tests)) + normalQuantile(power)) * error;
  const proven = limit + (normalQuantile(1 - (1 - confidence) / tests) + normalQuantile(power)) * error;
  return Number.isFinite(error) ? Math.max(significant, proven) : null;
}

interface Effect {
  readonly error: number;
  readonly nothing: number;
  /** What matters. */
  readonly limit: number;
  /** One-sided, of the bound. */
  readonly confidence: number;
  readonly tests?: number;
}

/** The same of an AUC with an upper bound: 1 is the most that there is. */
export function smallestAuc(
  {
    value,
    high,
    limit,
    confidence,
  }: { readonly value: number; readonly high: number; readonly limit: number; readonly confidence: number },
  level: number,
): number | null {
  const found = smallestEffect({ error: (high - value) / normalQuantile(confidence), nothing: 0.5, limit, confidence }, level);
  return found === null || found >= 1 ? null : found;
}
