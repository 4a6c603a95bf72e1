import type { JointLimits } from './finding.ts';
import type { SampledRows } from './sampled-rows.ts';
import { toldApart } from './told-apart.ts';

/** Windows of a reference that are looked at, and rows that one needs to say anything. */
const mostWindows = 6;
const leastWindows = 4;
const leastRows = 60;

/**
 * How well windows of a reference are told from its other rows though nothing changed for good: rows of a window have weather, prices or a season in common.
 * The largest AUC of some windows that lie evenly over it, each against all other rows; 0.5 where there are too few.
 *
 * @param share of the reference that a window is
 */
export function usualSeparation(reference: SampledRows, share: number, limits: JointLimits): number {
  const length = Math.floor(reference.rows * share);
  const windows = length < leastRows ? 0 : Math.floor(reference.rows / length);
  if (windows < leastWindows) return 0.5;
  const step = windows / Math.min(windows, mostWindows);
  const aucs = Array.from({ length: Math.min(windows, mostWindows) }, (_, index) => {
    const from = Math.floor(index * step) * length;
    const isIn = (row: number): boolean => row >= from && row < from + length;
    return (
      toldApart(
        rowsWhere(reference, (row) => !isIn(row)),
        rowsWhere(reference, isIn),
        limits,
      )?.value ?? 0.5
    );
  });
  return Math.max(0.5, ...aucs);
}

function rowsWhere({ of, numbers, texts, lists }: SampledRows, isIn: (row: number) => boolean): SampledRows {
  const [first] = [...numbers.values(), ...texts.values()];
  return {
    rows: Array.from({ length: first?.length ?? 0 }, (_, row) => row).filter(isIn).length,
    of,
    numbers: new Map([...numbers].map(([name, values]) => [name, values.filter((_, row) => isIn(row))])),
    texts: new Map([...texts].map(([name, values]) => [name, values.filter((_, row) => isIn(row))])),
    lists,
  };
}
