import { totalVariation } from '@tidegate/runtime';
import type { RowRange } from '../together/reference-windows.ts';
import { sliceConfidence } from './judge-slices.ts';
import type { Slicing } from './slice-counts.ts';
import type { SlicedColumn } from './sliced-columns.ts';

/** Fewer rows of a slice in a window say nothing of it, and fewer windows nothing of what is usual. */
const leastRows = 50;
const leastWindows = 4;

export interface SliceOfFeature {
  readonly slicing: Slicing;
  /** Which one of the slicing. */
  readonly slice: number;
  readonly feature: SlicedColumn;
}

/**
 * The largest distance, within a slice, of a feature in one window of the reference from its other rows: what a slice differs by from window to window though nothing changed for good.
 *
 * @param windows rows of the reference, which are in the order of time
 * @returns null where too few windows have rows enough of the slice
 */
export function usualInSlice(
  { slicing, slice, feature }: SliceOfFeature,
  windows: readonly RowRange[],
  referenceRows: number,
): number | null {
  const bins = feature.names.length;
  const empty = (): [number[], number[]] => [Array.from({ length: bins }, () => 0), Array.from({ length: bins }, () => 0)];
  const all = empty();
  const own = windows.map(empty);
  for (let row = 0; row < referenceRows; row++) {
    if (slicing.places[row] !== slice) continue;
    const [half, bin] = [row % 2 === 0 ? 0 : 1, feature.bins[row] ?? 0] as const;
    all[half][bin] = (all[half][bin] ?? 0) + 1;
    const window = windows.findIndex(({ from, until }) => row >= from && row < until);
    const counts = own[window]?.[half];
    if (counts !== undefined) counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const whole = own.filter((counts) => counts.flat().reduce((sum, count) => sum + count, 0) >= leastRows);
  if (whole.length < leastWindows) return null;
  const without = (half: 0 | 1, window: readonly [number[], number[]]): number[] =>
    all[half].map((count, bin) => count - (window[half][bin] ?? 0));
  const distances = whole.map(
    (window) => totalVariation([without(0, window), without(1, window)], window, { confidence: sliceConfidence }).value,
  );
  return Math.max(...distances);
}
