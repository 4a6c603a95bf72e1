import type { HalvedCounts } from '@tidegate/formats';
import { normalQuantile } from './normal.ts';

export interface DistanceEstimate {
  /** Best guess: the share of rows that would have to be in other bins, 0 to 1. */
  readonly value: number;
  /** One-sided bounds, each at the confidence asked for. */
  readonly low: number;
  readonly high: number;
}

export interface DistanceOptions {
  /** One-sided confidence of both bounds. */
  readonly confidence: number;
  /** How many of the first bins are in order, from low to high. Default 0: none. */
  readonly ordered?: number;
}

/**
 * The total variation distance between the distributions that two binned samples come from: the largest difference between the shares
 * of any set of bins. The plain estimate of it is always too large, the more so the fewer rows there are, so:
 *
 * - `value` and `low` are cross-fitted: the set is chosen on one half of the rows and measured on the other, and the other way round.
 *   The difference for a set that was chosen without looking is never above the distance on average, so nothing is found in noise.
 *   Among bins in order a set that ends at one bin is taken where it tells as much, since less of such a choice is noise: of a shift it is the right one.
 * - `high` rests on the plain estimate, which on average is never below the distance.
 *
 * Variances are those of two independent shares, each with one hit and one miss added (Agresti and Caffo 2000, American Statistician 54:280).
 */
export function totalVariation(
  reference: HalvedCounts,
  current: HalvedCounts,
  { confidence, ordered = 0 }: DistanceOptions,
): DistanceEstimate {
  const z = normalQuantile(confidence);
  const folds = [0, 1].map((half) => {
    const chosen = chosenBins(reference[half] ?? [], current[half] ?? [], ordered);
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

/** What the largest difference of two cumulative distributions is on average though nothing changed, in units of sqrt(1/n + 1/m): sqrt(pi / 2) ln 2 (Kolmogorov 1933). */
const noiseOfLine = Math.sqrt(Math.PI / 2) * Math.LN2;

/**
 * The bins to measure a distance on: those whose share rose; or in order all to one side of a bin; or only those beyond the order that rose. Of these the ones that
 * tell most beyond what noise would make of so free a choice.
 */
function chosenBins(reference: readonly number[], current: readonly number[], ordered: number): readonly number[] {
  const risen = binsAbove(reference, current);
  if (ordered < 2) return risen;
  const [rows, drawn] = [Math.max(1, sum(reference)), Math.max(1, sum(current))];
  const beyond = risen.filter((bin) => bin >= ordered);
  const error = Math.sqrt(1 / rows + 1 / drawn);
  // a mean of |N(0, s)| / 2 for each bin, in the same units
  const noiseOfBins = reference.reduce((all, count) => all + Math.sqrt((count / rows) * (1 - count / rows)), 0) / Math.sqrt(2 * Math.PI);
  const candidates = [
    { bins: [...bestLine(reference, current, ordered), ...beyond], noise: Math.min(noiseOfLine, noiseOfBins) },
    { bins: risen, noise: noiseOfBins },
    ...(beyond.length === 0 ? [] : [{ bins: beyond, noise: 0 }]),
  ];
  const telling = candidates.map(({ bins, noise }) => differenceOn(bins, reference, current).value - noise * error);
  return candidates[telling.indexOf(Math.max(...telling))]?.bins ?? risen;
}

/** All bins in order on the side of one whose share rose most. */
function bestLine(reference: readonly number[], current: readonly number[], ordered: number): readonly number[] {
  const [rows, drawn] = [Math.max(1, sum(reference.slice(0, ordered))), Math.max(1, sum(current.slice(0, ordered)))];
  let [below, most, end] = [0, 0, 1];
  for (let bin = 0; bin < ordered - 1; bin++) {
    below += (current[bin] ?? 0) / drawn - (reference[bin] ?? 0) / rows;
    if (Math.abs(below) > Math.abs(most)) [most, end] = [below, bin + 1];
  }
  return Array.from({ length: ordered }, (_, bin) => bin).filter((bin) => (most > 0 ? bin < end : bin >= end));
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
