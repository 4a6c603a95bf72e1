import type { SampledRows } from './sampled-rows.ts';

/** Windows of a reference that are looked at, and rows that one needs to say anything. */
const mostWindows = 6;
const leastWindows = 4;
const leastRows = 60;

/** A span of a reference, and its other rows. */
export type ReferenceWindow = readonly [others: SampledRows, window: SampledRows];

/**
 * Some spans that lie evenly over a reference whose rows are in order of time; none where there are fewer than four.
 *
 * @param share of the reference that a span is
 */
export function referenceWindows(reference: SampledRows, share: number): readonly ReferenceWindow[] {
  return windowRanges(reference.rows, share).map(({ from, until }): ReferenceWindow => {
    const isIn = (row: number): boolean => row >= from && row < until;
    return [rowsWhere(reference, (row) => !isIn(row)), rowsWhere(reference, isIn)];
  });
}

/** Rows from one to before another. */
export interface RowRange {
  readonly from: number;
  readonly until: number;
}

/** Where those spans lie among so many rows. */
export function windowRanges(rows: number, share: number): readonly RowRange[] {
  const length = Math.floor(rows * share);
  const windows = length < leastRows ? 0 : Math.floor(rows / length);
  if (windows < leastWindows) return [];
  const taken = Math.min(windows, mostWindows);
  return Array.from({ length: taken }, (_, index): RowRange => {
    const from = Math.floor((index * windows) / taken) * length;
    return { from, until: from + length };
  });
}

function rowsWhere({ rows, of, numbers, texts, lists }: SampledRows, isIn: (row: number) => boolean): SampledRows {
  return {
    rows: Array.from({ length: rows }, (_, row) => row).filter(isIn).length,
    of,
    numbers: new Map([...numbers].map(([name, values]) => [name, values.filter((_, row) => isIn(row))])),
    texts: new Map([...texts].map(([name, values]) => [name, values.filter((_, row) => isIn(row))])),
    lists: new Map([...lists].map(([name, values]) => [name, values.filter((_, row) => isIn(row))])),
  };
}
