import type { ColumnMeasures } from '@tidegate/formats';
import { binnedMeasures } from '@tidegate/runtime';
import type { NumberCounts } from './count-columns.ts';

export function bothHalves({ halves: [first, second] }: NumberCounts): readonly number[] {
  return first.map((rows, bin) => rows + (second[bin] ?? 0));
}

/** The edges with the least and the greatest value of both samples around them; null without values, or with infinite ones. */
export function wholeSpan(edges: readonly number[], old: NumberCounts, young: NumberCounts): readonly number[] | null {
  const ends = [...(old.ends ?? []), ...(young.ends ?? [])];
  if (ends.length < 4 || !ends.every(Number.isFinite)) return null;
  return [Math.min(...ends), ...edges, Math.max(...ends)];
}

/** The measures of numbers that are known by their bins, each between two bounds. */
export function fineMeasures(edges: readonly number[], old: NumberCounts, young: NumberCounts): ColumnMeasures | null {
  const whole = wholeSpan(edges, old, young);
  const found = whole === null ? null : binnedMeasures({ reference: bothHalves(old), current: bothHalves(young) }, whole);
  if (found === null) return null;
  const { kolmogorovSmirnov, wasserstein, energy } = found;
  return { of: 'binned numbers', bins: edges.length + 1, kolmogorovSmirnov, wasserstein, energy };
}
