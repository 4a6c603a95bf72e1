import type { Cell, Row } from '@tidegate/runtime';

/** Where a scan has the number of bad rows of a check. */
export function countName(index: number): string {
  return `k${index}_n`;
}

/** Where the first scan says that no row breaks a check. */
export function proofName(index: number): string {
  return `k${index}_p`;
}

/** Where the first scan has the least and the greatest of whole numbers that must not repeat. */
export function edgeNames(index: number): readonly [low: string, high: string] {
  return [`k${index}_lo`, `k${index}_hi`];
}

/** What was measured of a check. */
export interface Measurement {
  readonly rows: number;
  /** Bad rows or groups; for a query or a number what it gave, NaN for none. */
  readonly found: number;
  readonly extreme: Cell;
  /** All groups, for a check of groups. */
  readonly groups?: number;
  /** All items, for a check of items of lists. */
  readonly items?: number;
  /** Why there is no number. */
  readonly fault?: string;
  /** SQL that is true of every row that is shown of repeated ones, where it is known. Default: any row may be one. */
  readonly among?: string;
}

export function readMeasurement(index: number, row: Row, rows: number): Measurement {
  return { rows, found: Number(row[countName(index)] ?? 0), extreme: row[`k${index}_x`] ?? null };
}
