import type { Estimate } from '../estimate.ts';

/** Outcomes of one arm so far: how many, their sum, and the sum of their squares. Sums of parts add up. */
export interface ArmSums {
  readonly rows: number;
  readonly sum: number;
  readonly squares: number;
}

export interface SequenceOptions {
  /** Chance that the interval ever leaves the truth out, at whichever moment and however often one looks; 0.05. */
  readonly alpha: number;
  /**
   * The spread of differences that are thought of beforehand, in the unit of the outcome: the interval is narrowest where its width is about this.
   * It must be fixed before the first look; any value keeps `alpha`.
   */
  readonly expected: number;
}

/**
 * The difference of two means (`candidate` less `champion`) with an interval that holds at every moment at once, so that one may look after each row
 * and stop when one likes: the mixture sequential probability ratio test of Robbins turned round, with N(0, expected^2) over differences
 * (Johari, Koomen, Pekelis and Walsh 2022, Operations Research 70:1806; for estimated variances Lindon, Sanden and Shirikian 2022, arXiv 2205.14762, and
 * Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024, Annals of Statistics 52:2613). With v the variance of the difference and t = expected^2:
 * |difference - truth| < sqrt(2 v (v + t) / t * (log(1 / alpha) + log((v + t) / v) / 2)).
 *
 * It rests on means being about normal, as the variance is estimated: {@link leastOutcomes} says from when on.
 *
 * @returns bounds that are null while a mean cannot be taken for normal
 */
export function sequenceOfDifference(candidate: ArmSums, champion: ArmSums, options: SequenceOptions): Estimate {
  const value = candidate.sum / candidate.rows - champion.sum / champion.rows;
  const method = 'confidence sequence';
  if (!isEnough(candidate) || !isEnough(champion)) return { value, low: null, high: null, method };
  const half = halfWidth(varianceOfMean(candidate) + varianceOfMean(champion), options);
  return { value, low: value - half, high: value + half, method };
}

/** The least chance of an error at which a difference of 0 is left out by now: 1 over the mixture likelihood ratio, at most 1. It may be read at any moment. */
export function alwaysValidP(candidate: ArmSums, champion: ArmSums, { expected }: Pick<SequenceOptions, 'expected'>): number {
  if (!isEnough(candidate) || !isEnough(champion)) return 1;
  const variance = varianceOfMean(candidate) + varianceOfMean(champion);
  const spread = expected * expected;
  const difference = candidate.sum / candidate.rows - champion.sum / champion.rows;
  const logRatio = Math.log(variance / (variance + spread)) / 2 + (spread * difference * difference) / (2 * variance * (variance + spread));
  return Math.min(1, Math.exp(-logRatio));
}

/** How many outcomes of each kind an arm must have until its mean is taken for normal: rows, and for outcomes of 0 and 1 that many of both. */
export const leastOutcomes = { rows: 100, ofEither: 10 };

function halfWidth(variance: number, { alpha, expected }: SequenceOptions): number {
  const spread = expected * expected;
  return Math.sqrt(((2 * variance * (variance + spread)) / spread) * (Math.log(1 / alpha) + Math.log((variance + spread) / variance) / 2));
}

function varianceOfMean({ rows, sum, squares }: ArmSums): number {
  return Math.max(0, squares - (sum * sum) / rows) / (rows - 1) / rows;
}

/** Whether the mean can be taken for normal: rows enough, outcomes that are not all the same, and of 0 and 1 enough of both. */
function isEnough({ rows, sum, squares }: ArmSums): boolean {
  return rows >= leastOutcomes.rows && squares - (sum * sum) / rows > 0 && !isRare({ rows, sum, squares });
}

/** Outcomes of 0 and 1 have squares that are their own sum. */
function isRare({ rows, sum, squares }: ArmSums): boolean {
  const isShare = Math.abs(squares - sum) <= 1e-9 * rows;
  return isShare && Math.min(sum, rows - sum) < leastOutcomes.ofEither;
}
