import type { DriftedSlice } from '@tidegate/formats';
import { homogeneityTest, rankSumTest, totalVariation } from '@tidegate/runtime';
import { binsOf, countSlices, sliceName, type Slicing } from './slice-counts.ts';
import type { SlicedColumn } from './sliced-columns.ts';

/** Rows of a slice below which it is not judged. */
const leastReference = 200;
const leastCurrent = 100;

/** One-sided confidence of the bounds of a distance. */
export const sliceConfidence = 0.95;

/** One slice and one feature. */
export interface JudgedSlice {
  /** Where its rows are. */
  readonly place: { readonly slicing: Slicing; readonly slice: number; readonly feature: SlicedColumn };
  readonly slice: DriftedSlice['slice'];
  readonly feature: string;
  readonly names: readonly string[];
  readonly reference: readonly number[];
  readonly current: readonly number[];
  readonly distance: { readonly value: number; readonly low: number; readonly high: number };
  readonly pValue: number;
  /** Sum over bins of (share now - share then) times mean outcome; null without outcomes. */
  readonly change: number | null;
}

/** Every slice of a slicing that has rows enough, by one feature. */
export function judgeSlices(
  slicing: Slicing,
  feature: SlicedColumn,
  sampled: { readonly referenceRows: number; readonly outcomes: Float64Array | null },
): { readonly judged: readonly JudgedSlice[]; readonly tooSmall: number } {
  const counts = countSlices(slicing, feature, sampled);
  const means = sampled.outcomes === null ? [] : meansByBin(feature, sampled.outcomes);
  const judged: JudgedSlice[] = [];
  let tooSmall = 0;
  for (let slice = 0; slice < slicing.slices; slice++) {
    const samples = [0, 1, 2, 3].map((sample) => binsOf(counts.rows, counts.bins, slice, sample));
    const [first = [], second = [], third = [], fourth = []] = samples;
    const [reference, current] = [added(first, second), added(third, fourth)];
    const [rows, drawn] = [sum(reference), sum(current)];
    if (rows + drawn === 0) continue;
    if (rows < leastReference || drawn < leastCurrent) {
      tooSmall++;
      continue;
    }
    const pair = { reference, current };
    const chiSquare = homogeneityTest(pair, { ordered: feature.kind === 'ordered' })?.pValue ?? 1;
    const values = { reference: reference.slice(0, -1), current: current.slice(0, -1) };
    const shift = feature.kind === 'ordered' ? (rankSumTest(values)?.pValue ?? 1) : null;
    const pValue = shift === null ? chiSquare : Math.min(1, 2 * Math.min(chiSquare, shift));
    judged.push({
      place: { slicing, slice, feature },
      slice: sliceName(slicing, slice),
      feature: feature.name,
      names: feature.names,
      reference,
      current,
      distance: totalVariation([first, second], [third, fourth], { confidence: sliceConfidence }),
      pValue,
      change: sampled.outcomes === null ? null : changeOf(counts, slice, { ...pair, means }),
    });
  }
  return { judged, tooSmall };
}

/** Fewer rows of a slice do not say what a bin's outcome is: all rows in the bin do. */
const leastKnown = 5;

/** The mean outcome of a bin is taken from the rows of the slice in it, of both samples; of a bin that has none known, from all rows. */
function changeOf(
  counts: ReturnType<typeof countSlices>,
  slice: number,
  {
    reference,
    current,
    means,
  }: { readonly reference: readonly number[]; readonly current: readonly number[]; readonly means: readonly number[] },
): number {
  const total = (values: Float64Array): readonly number[] =>
    [0, 1, 2, 3].map((sample) => binsOf(values, counts.bins, slice, sample)).reduce((all, own) => added(all, own));
  const [outcomes, known] = [total(counts.outcomes), total(counts.known)];
  const [rows, drawn] = [sum(reference), sum(current)];
  return current.reduce((all, count, bin) => {
    const own = (known[bin] ?? 0) >= leastKnown ? (outcomes[bin] ?? 0) / (known[bin] ?? 1) : (means[bin] ?? 0);
    return all + (count / drawn - (reference[bin] ?? 0) / rows) * own;
  }, 0);
}

/** The mean outcome of all rows in each bin of a feature; of all rows for a bin without any. */
function meansByBin({ bins, names }: SlicedColumn, outcomes: Float64Array): readonly number[] {
  const sums = names.map(() => ({ sum: 0, rows: 0 }));
  outcomes.forEach((outcome, row) => {
    const own = sums[bins[row] ?? 0];
    if (own === undefined || Number.isNaN(outcome)) return;
    own.sum += outcome;
    own.rows++;
  });
  const all = sums.reduce((total, own) => ({ sum: total.sum + own.sum, rows: total.rows + own.rows }), { sum: 0, rows: 0 });
  return sums.map((own) => (own.rows === 0 ? all.sum / Math.max(1, all.rows) : own.sum / own.rows));
}

function added(a: readonly number[], b: readonly number[]): readonly number[] {
  return a.map((value, index) => value + (b[index] ?? 0));
}

export function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
