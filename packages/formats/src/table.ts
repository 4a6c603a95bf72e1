import type { Digest } from './digest.ts';

/** A column of a table with the engine's own type name: `DECIMAL(10,2)`. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
}

/**
 * The rows of a dataset version that is a table: row groups in the order of their keys, each stored as Parquet files of which every later one
 * says what it changes. What these rows are depends on no order in which they came. docs/reference/formats/table.md
 */
export interface TableRecord {
  readonly format: 'tidegate.table/1';
  /** Where its parts are placed, relative to the project. */
  readonly folder: string;
  readonly columns: readonly TableColumn[];
  /** Columns that name a row; empty: nothing does, and the same row may be there several times. */
  readonly key: readonly string[];
  /** `day(COLUMN)` and the like; null = no partitions. */
  readonly partition: string | null;
  /** About how many rows a group has: what decides where a group that grew too long is cut. */
  readonly rowsPerGroup: number;
  readonly rows: number;
  /** Which rule the sums of the groups were made by. */
  readonly sumRule: string;
  /** Columns of the files of layers, which name them by their place in this list. */
  readonly schemas: readonly (readonly TableColumn[])[];
  readonly groups: readonly TableGroup[];
}

export interface TableGroup {
  /** Where it begins, as text: the partition if there are any, then the key. It ends where the next one begins. */
  readonly from: readonly string[];
  readonly rows: number;
  /** Sum of the hashes of its rows, as decimal text: equal for the same rows in another order. */
  readonly sum: string;
  /** The first one is of the kind `rows`; each later one says what is different. */
  readonly layers: readonly TableLayer[];
}

/**
 * A Parquet file of a group.
 * - `rows`: all rows, in order.
 * - `delta`: rows that are gone or were changed, and those that are new.
 * - `columns`: columns that are new or were changed throughout, in the order of the rows.
 */
export interface TableLayer {
  readonly kind: 'rows' | 'delta' | 'columns';
  readonly digest: Digest;
  readonly bytes: number;
  readonly rows: number;
  /** Its columns: an index into `schemas`. */
  readonly schema: number;
}
