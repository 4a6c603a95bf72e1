import type { TableColumn } from '@tidegate/formats';
import type { RowSum } from '../rows/row-sum.ts';

/** Rows that lie in files as the groups of a table that has no version yet: in the order of its key, each key once, cut as {@link cutGroups} cuts. */
export interface GroupedRows {
  readonly columns: readonly TableColumn[];
  readonly key: readonly string[];
  readonly rowsPerGroup: number;
  readonly sumRule: string;
  /** In their order. */
  readonly groups: readonly GroupFile[];
}

export interface GroupFile extends RowSum {
  readonly from: readonly string[];
  /** A Parquet file, as `writeRows` writes it. */
  readonly path: string;
}
