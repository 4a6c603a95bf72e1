import { placementsOf } from '../delong.ts';
import { momentsOf } from '../means.ts';
import { normalCdf, normalQuantile } from '../normal.ts';

/** Scores that something which was learned from the other half of the rows gives to rows of this half; higher = more like a current row. */
export interface ScoredHalf {
  readonly reference: Float64Array;
  readonly current: Float64Array;
}

/** How well two samples are told apart: the chance that a current row is scored above one of the reference. */
export interface Separation {
  /** Area under the ROC curve, 0.5 where nothing tells them apart; the mean of both halves. */
  readonly auc: number;
  /** One-sided bounds at the confidence asked for. */
  readonly low: number;
  readonly high: number;
  /** One-sided: what was learned says which way. */
  readonly pValue: number;
}

/**
 * Puts the two halves of a cross-fit together. In each half the scores come from rows that are not in it, so if nothing changed the rank sum
 * of the current ones is that of rows drawn by chance, exactly. Both halves then find the same noise: the mean of their two z values varies
 * as much as one of them at most, and is held against a standard normal distribution. Bounds are DeLong's.
 *
 * @returns null when a half lacks rows of a sample
 */
export function separationOf(halves: readonly [ScoredHalf, ScoredHalf], confidence: number): Separation | null {
  const found = halves.map(halfOf);
  const [first, second] = found;
  if (!first || !second) return null;
  const auc = (first.auc + second.auc) / 2;
  const pValue = normalCdf(-(first.z + second.z) / 2);
  const variance = (first.variance + second.variance) / 2;
  const reach = normalQuantile(confidence);
  return {
    auc,
    // the halves are independent of each other only where something is there to be found
    low: auc - reach * Math.sqrt(variance) > 0.5 ? auc - reach * Math.sqrt(variance / 2) : Math.max(0, auc - reach * Math.sqrt(variance)),
    high: Math.min(1, auc + reach * Math.sqrt(variance)),
    pValue,
  };
}

function halfOf({ reference, current }: ScoredHalf): { readonly auc: number; readonly z: number; readonly variance: number } | null {
  if (reference.length < 2 || current.length < 2) return null;
  const rows = reference.length + current.length;
  const scores = new Float64Array(rows);
  scores.set(current);
  scores.set(reference, current.length);
  const truth = new Float64Array(rows).fill(1, 0, current.length);
  const placements = placementsOf(truth, scores);
  if (placements === null) return null;
  const sorted = scores.slice().sort();
  const spread = (rows + 1 - tiesIn(sorted) / (rows * (rows - 1))) / (12 * reference.length * current.length);
  const z = spread > 1e-12 / rows ? (placements.auc - 0.5) / Math.sqrt(spread) : 0;
  const own = momentsOf(placements.positives).variance / current.length + momentsOf(placements.negatives).variance / reference.length;
  // all rows told apart have no variance to estimate from; one wrong among as many as the smaller sample has might be
  const least = Math.min(reference.length, current.length);
  return { auc: placements.auc, z, variance: Math.max(own, 1 / (least + 2) ** 2) };
}

/** Sum of t³ - t over groups of t equal values. */
function tiesIn(sorted: Float64Array): number {
  let ties = 0;
  let start = 0;
  for (let end = 1; end <= sorted.length; end++) {
    if (end < sorted.length && sorted[end] === sorted[start]) continue;
    ties += (end - start) ** 3 - (end - start);
    start = end;
  }
  return ties;
}
