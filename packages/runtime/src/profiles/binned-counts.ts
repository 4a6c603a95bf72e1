import type { ColumnPart, Distribution, FrequentValues } from '@tidegate/formats';
import { byFrequency } from './frequent-values.ts';
import { rowsUpToEach, spansOf } from './distribution.ts';

/** Rows by bin out of a profile. */
export interface BinnedCounts {
  /** Bin i holds what is above the edge before it and at most `edges[i]`, infinities included; the last one what is above all edges. They add up to the rows with a value. */
  readonly counts: readonly number[];
  /** Rows without a value: NULL and NaN. */
  readonly missing: number;
  /** How far the share of rows up to any edge may be off, 0 to 1: 0 where every edge is a border between cells. A share of rows in one bin may be off twice as far. */
  readonly error: number;
}

/**
 * Counts on fixed edges, without the rows: those that drift is judged on, or a histogram. Rows of a cell that an edge cuts are spread evenly over it, and the error is what
 * they can be off at most. Edges of {@link edgesOfProfile} cut no cell.
 *
 * @param edges in rising order
 * @returns null for a column that has no numbers
 */
export function binnedCounts(column: ColumnPart, edges: readonly number[]): BinnedCounts | null {
  const { numbers, below, above, nulls, notNumbers } = column;
  const missing = nulls + notNumbers;
  const rows = below + above + (numbers?.rows ?? 0);
  if (numbers === null) return rows === 0 ? null : { counts: outerBins(edges.length + 1, below, above), missing, error: 0 };
  const upTo = rowsUpToEach(numbers, edges);
  const sums = upTo.map((found) => below + Math.round(found.rows));
  const furthest = upTo.map((found, at) => Math.max(found.most + below - (sums[at] ?? 0), (sums[at] ?? 0) - found.least - below));
  const counts = [...sums, rows].map((sum, at) => sum - (at === 0 ? 0 : (sums[at - 1] ?? 0)));
  return { counts, missing, error: Math.max(0, ...furthest) / rows };
}

function outerBins(bins: number, below: number, above: number): readonly number[] {
  return Array.from({ length: bins }, (_, at) => (at === 0 ? below : 0) + (at === bins - 1 ? above : 0));
}

/** Edges of about so many bins with about as many rows each, all of them between cells, so that {@link binnedCounts} of the same profile are exact. */
export function edgesOfProfile(distribution: Distribution, bins: number): readonly number[] {
  const edges: number[] = [];
  let [below, done] = [0, 0];
  for (const { high, rows } of spansOf(distribution)) {
    below += rows;
    // an edge where a further share of the rows is complete; a value that many rows have stays a bin
    const share = Math.floor((below * bins) / distribution.rows);
    if (share > done && high < distribution.max) edges.push(high);
    done = share;
  }
  return edges;
}

/** Rows by value out of a profile. */
export interface CountedValues {
  /** Most frequent first. */
  readonly values: readonly { readonly value: string; readonly count: number }[];
  /** Rows with another value. */
  readonly others: number;
  readonly missing: number;
  /** How far the share of rows of any value may be off, 0 to 1; 0 when every value is listed. */
  readonly error: number;
}

/** Counts of frequent values, without the rows. @returns null for a column whose values are not listed */
export function countedValues(column: ColumnPart, rows: number): CountedValues | null {
  const { values, nulls, notNumbers } = column;
  if (values === null) return null;
  const missing = nulls + notNumbers;
  const known = rows - missing;
  const listed = byFrequency(values);
  return { values: listed, others: known - sumOf(values), missing, error: known === 0 ? 0 : Math.min(1, values.error / known) };
}

function sumOf({ values }: FrequentValues): number {
  return values.reduce((sum, [, rows]) => sum + rows, 0);
}
