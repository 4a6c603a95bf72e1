import type { Estimate } from './estimate.ts';
import { normalQuantile } from './normal.ts';

/**
 * Wilson's score interval of a share (Wilson 1927, JASA 22:209). Never leaves 0..1 and is honest at 0 and at 1.
 *
 * @param hits may be a fraction, for a share that is a mean of half points
 * @param confidence one-sided, of each bound
 */
export function wilsonEstimate(hits: number, rows: number, confidence: number, method = 'wilson'): Estimate {
  const z = normalQuantile(confidence);
  const share = hits / rows;
  const centre = (hits + (z * z) / 2) / (rows + z * z);
  const reach = (z / (rows + z * z)) * Math.sqrt(rows * share * (1 - share) + (z * z) / 4);
  return { value: share, low: Math.max(0, centre - reach), high: Math.min(1, centre + reach), method };
}
