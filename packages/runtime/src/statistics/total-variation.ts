import type { HalvedCounts } from '@tidegate/formats';
import { normalQuantile } from './normal.ts';

export interface DistanceEstimate {
  /** Best guess: the share of rows that would have to be in other bins, 0 to 1. */
  readonly value: number;
  /** One-sided bounds, each at the confidence asked for. */
  readonly low: number;
  readonly high: number;
}

/**
 * The total variation distance between the distributions that two binned samples come from: the largest difference between the shares
 * of any set of bins. The plain estimate of it is always too large, the more so the fewer rows there are, so:
 *
 * - `value` and `low` are cross-fitted: the set is chosen on one half of the rows and measured on the other, and the other way round.
 *   The difference for a set that was chosen without looking is never above the distance on average, so nothing is found in noise.
 * - `high` rests on the plain estimate, which on average is never below the distance.
 *
 * Variances are those of two independent shares, each with one hit and one miss added (Agresti and Caffo 2000, American Statistician 54:280).
 */
export function totalVariation(reference: HalvedCounts, current: HalvedCounts, confidence: number): DistanceEstimate {
  const z = normalQuantile(confidence);
  const folds = [0, 1].map((half) => {
    const chosen = binsAbove(reference[half] ?? [], current[half] ?? []);
    return differenceOn(chosen, reference[1 - half] ?? [], current[1 - half] ?? []);
  });
  const value = mean(folds.map((fold) => fold.value));
  const error = Math.sqrt(mean(folds.map((fold) => fold.variance)) / 2);
  const [all, drawn] = [add(reference), add(current)];
  const plain = differenceOn(binsAbove(all, drawn), all, drawn);
  return {
    value: Math.max(0, value),
    // where nothing changed both ways round find the same noise, and their mean varies as much as one of them
    low: value > z * Math.SQRT2 * error ? Math.max(0, value - z * error) : 0,
    high: Math.min(1, plain.value + z * Math.sqrt(plain.variance)),
  };
}

/** Bins that hold a larger share of the current rows than of the reference. */
function binsAbove(reference: readonly number[], current: readonly number[]): readonly number[] {
  const [rows, drawn] = [Math.max(1, sum(reference)), Math.max(1, sum(current))];
  return current.flatMap((count, bin) => (count / drawn > (reference[bin] ?? 0) / rows ? [bin] : []));
}

function differenceOn(
  bins: readonly number[],
  reference: readonly number[],
  current: readonly number[],
): { readonly value: number; readonly variance: number } {
  const [before, now] = [shareOf(bins, reference), shareOf(bins, current)];
  return { value: now.value - before.value, variance: before.variance + now.variance };
}

function shareOf(bins: readonly number[], counts: readonly number[]): { readonly value: number; readonly variance: number } {
  const rows = sum(counts);
  const hits = bins.reduce((total, bin) => total + (counts[bin] ?? 0), 0);
  const smoothed = (hits + 1) / (rows + 2);
  return { value: rows === 0 ? 0 : hits / rows, variance: (smoothed * (1 - smoothed)) / (rows + 2) };
}

/** Sum of both halves by bin. */
export function add([first, second]: HalvedCounts): readonly number[] {
  return first.map((count, bin) => count + (second[bin] ?? 0));
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
