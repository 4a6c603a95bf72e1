import {
  type Difference,
  type DifferenceOptions,
  type Estimate,
  normalSpread,
  symmetricDifference,
  symmetricEstimate,
} from './estimate.ts';
import { momentsOf } from './means.ts';
import { shareBelow } from './sorted.ts';
import { wilsonEstimate } from './wilson.ts';

/** For each positive row the share of negatives it is ranked above, for each negative the share of positives ranked above it; ties count half. */
export interface Placements {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
  /** Area under the ROC curve. */
  readonly auc: number;
}

/**
 * The structural components of the AUC (DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44:837) in O(n log n): by binary search
 * in the sorted scores of the other class, which gives the numbers that Sun and Xu (2014, IEEE SPL 21:1389) get from midranks.
 *
 * @param truth 1 for a positive row, 0 for a negative one
 * @returns null when a class has no row
 */
export function placementsOf(truth: Float64Array, scores: Float64Array): Placements | null {
  const positiveScores = scores.filter((_, row) => truth[row] === 1);
  const negativeScores = scores.filter((_, row) => truth[row] !== 1);
  if (positiveScores.length === 0 || negativeScores.length === 0) return null;
  const sortedPositives = positiveScores.slice().sort();
  const sortedNegatives = negativeScores.slice().sort();
  const positives = positiveScores.map((score) => shareBelow(sortedNegatives, score));
  const negatives = negativeScores.map((score) => 1 - shareBelow(sortedPositives, score));
  return { positives, negatives, auc: momentsOf(positives).mean };
}

/** AUC with DeLong's interval, cut at 0 and 1. Null when a class has no row. */
export function aucEstimate(truth: Float64Array, scores: Float64Array, confidence: number): Estimate | null {
  const placements = placementsOf(truth, scores);
  if (placements === null) return null;
  const { positives, negatives, auc } = placements;
  const variance = placementVariance(positives, negatives);
  if (variance === 0) return withoutVariance(placements, confidence);
  const { value, low, high, method } = symmetricEstimate(auc, Math.sqrt(variance), confidence, normalSpread('delong'));
  return { value, low: Math.max(0, low ?? 0), high: Math.min(1, high ?? 1), method };
}

/** Paired difference of two AUCs on the same rows, candidate minus champion. Null when a class has fewer than two rows. */
export function aucDifference(
  truth: Float64Array,
  candidate: Float64Array,
  champion: Float64Array,
  options: DifferenceOptions,
): Difference | null {
  const ofCandidate = placementsOf(truth, candidate);
  const ofChampion = placementsOf(truth, champion);
  if (ofCandidate === null || ofChampion === null) return null;
  if (Math.min(ofCandidate.positives.length, ofCandidate.negatives.length) < 2) return null;
  // the variance of the differences of the components is S11 + S22 - 2 S12, and exactly 0 for equal rankings
  const variance = placementVariance(
    ofCandidate.positives.map((share, row) => share - (ofChampion.positives[row] ?? 0)),
    ofCandidate.negatives.map((share, row) => share - (ofChampion.negatives[row] ?? 0)),
  );
  const value = ofCandidate.auc - ofChampion.auc;
  return symmetricDifference(value, Math.sqrt(variance), options, normalSpread('delong'));
}

/**
 * A perfect ranking has no variance to estimate from. As many pairs of a positive and a negative row as have no row in common are
 * independent trials, each won with probability AUC: Wilson's interval over them holds, and is wide when a class is small.
 */
function withoutVariance({ positives, negatives, auc }: Placements, confidence: number): Estimate {
  const pairs = Math.min(positives.length, negatives.length);
  return wilsonEstimate(auc * pairs, pairs, confidence, 'wilson-disjoint-pairs');
}

/** 0 when a class has but one row, for then nothing is known of its part. */
function placementVariance(positives: Float64Array, negatives: Float64Array): number {
  if (positives.length < 2 || negatives.length < 2) return 0;
  return momentsOf(positives).variance / positives.length + momentsOf(negatives).variance / negatives.length;
}
