import type { ColumnPart } from '@tidegate/formats';
import { binnedCounts, countedValues, edgesOfProfile } from './binned-counts.ts';

/** More bins cost rows: each makes a difference harder to tell from chance. */
const mostBins = 10;
/** Numbers with so few values are categories. */
const fewValues = 10;
/** Values with a bin of their own at most, and the share of rows that earns one. */
const mostValues = 100;
const leastShare = 0.001;

/** Bins that a reference has fixed: of numbers and moments between edges, of others a value each and one for the rest. */
export type ReferenceBins =
  { readonly kind: 'ordered'; readonly edges: readonly number[] } | { readonly kind: 'categories'; readonly values: readonly string[] };

/** Rows of a column by bin, as a profile knows them without the rows. */
export interface RowsByBin {
  /** Of `ordered` as {@link binnedCounts} gives them; of `categories` one for each value, then all other values. */
  readonly counts: readonly number[];
  /** Rows without a value. */
  readonly missing: number;
  /**
   * How far shares may be off, 0 to 1: of `ordered` the share of rows up to any edge, of `categories` that of any value. What a test finds is off by no more than
   * that says, so it is printed beside it.
   */
  readonly error: number;
}

/**
 * The bins for a reference out of its profile, by the rules of drift references: numbers get about ten bins with as many rows each, whose edges lie between cells, so that the reference's own
 * counts are exact; numbers with few values, texts and truth values get a bin for each frequent value.
 *
 * @returns null for a column without values, a personal one, and one of lists or objects
 */
export function referenceBins(column: ColumnPart, rows: number): ReferenceBins | null {
  const { numbers, values } = column;
  const isFew = values !== null && values.error === 0 && values.values.length <= fewValues;
  if (numbers !== null && !isFew) return { kind: 'ordered', edges: edgesOfProfile(numbers, mostBins) };
  const listed = countedValues(column, rows)?.values ?? [];
  if (listed.length === 0) return null;
  return {
    kind: 'categories',
    values: listed.slice(0, mostValues).flatMap(({ value, count }) => (count >= leastShare * rows ? [value] : [])),
  };
}

/** Rows of a column, of the reference or of later data, on bins. @returns null where the profile does not tell, as of another type of column */
export function rowsByBin(column: ColumnPart, rows: number, bins: ReferenceBins): RowsByBin | null {
  if (bins.kind === 'ordered') return binnedCounts(column, bins.edges);
  const found = countedValues(column, rows);
  if (found === null) return null;
  const counts = new Map(found.values.map(({ value, count }) => [value, count]));
  const own = bins.values.map((value) => counts.get(value) ?? 0);
  const known = rows - found.missing;
  return { counts: [...own, known - own.reduce((sum, count) => sum + count, 0)], missing: found.missing, error: found.error };
}
