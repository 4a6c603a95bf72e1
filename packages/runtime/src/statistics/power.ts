import { normalQuantile } from './normal.ts';

export interface PowerOptions {
  /** One-sided confidence of the test. */
  readonly confidence: number;
  /** Chance that the test finds what is there. Default 0.8. */
  readonly power?: number;
}

/**
 * Rows that a test of a mean needs to tell an effect from zero (normal approximation): (z_confidence + z_power)^2 * variance / effect^2.
 *
 * @param variance of one row's contribution; for a difference of two paired shares, the share of rows on which the models disagree
 * @param effect how far the truth lies from what is to be ruled out, positive; for non-inferiority between equal models, the margin
 */
export function requiredRows(variance: number, effect: number, options: PowerOptions): number {
  const reach = normalQuantile(options.confidence) + normalQuantile(options.power ?? 0.8);
  return Math.ceil((reach * reach * variance) / (effect * effect));
}
