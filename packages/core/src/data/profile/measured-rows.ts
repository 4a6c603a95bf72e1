import { quoteName } from '@tidegate/runtime';
import type { DatasetTable, TableColumn } from '../read/dataset-table.ts';
import { fileColumn } from '../read/scan.ts';

/** A column as it is measured: `sql` names its values in {@link measuredRows}. */
export interface MeasuredColumn {
  readonly column: TableColumn;
  readonly sql: string;
  /** The same without infinities: what minimum, mean and quantiles are of. */
  readonly finite: string;
  /** Values of persons: only counts of them are kept. */
  readonly personal: boolean;
}

/** Name of the column with the file's key in {@link measuredRows}. */
export const fileSql = 'f';

export function measuredColumns(table: DatasetTable, personal: ReadonlySet<string>): readonly MeasuredColumn[] {
  return table.columns.map((column, index) => ({
    column,
    sql: `v${index}`,
    finite: column.type === 'number' ? `n${index}` : `v${index}`,
    personal: personal.has(column.name),
  }));
}

/**
 * SELECT of what is measured: the file's key as {@link fileSql}, values as `v0`, `v1` …, those of numbers without infinities as `n0` …,
 * the cells as the files have them as `c0` …. NaN counts as no value; times are in UTC.
 */
export function measuredRows(table: DatasetTable): string {
  const columns = table.columns.flatMap((column, index) => [`${measuredValue(column)} AS v${index}`, `${column.cell} AS c${index}`]);
  const rows = `SELECT ${quoteName(fileColumn)} AS ${fileSql}, ${columns.join(', ')} FROM (${table.scan})`;
  const finite = table.columns.flatMap(({ type }, index) =>
    type === 'number' ? [`CASE WHEN isfinite(v${index}) THEN v${index} END AS n${index}`] : [],
  );
  return `SELECT ${['*', ...finite].join(', ')} FROM (${rows})`;
}

/** SQL over the scan: a value as it is measured. NaN is no value; times are in UTC. */
export function measuredValue({ value, type, physicalType }: TableColumn): string {
  if (type === 'number') return hasNaN(physicalType) ? `nullif(CAST(${value} AS DOUBLE), 'NaN'::DOUBLE)` : `CAST(${value} AS DOUBLE)`;
  if (type === 'timestamp') return `CAST(${value} AS TIMESTAMP)`;
  if (type === 'time') return `CAST(${value} AS TIME)`;
  if (type === 'string' && physicalType !== 'VARCHAR') return `CAST(${value} AS VARCHAR)`;
  return value;
}

function hasNaN(physicalType: string): boolean {
  return !/^(DECIMAL|U?HUGEINT)/.test(physicalType);
}
