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
 *
 * @param of which columns, by their places; default: all
 */
export function measuredRows(table: DatasetTable, of: (at: number) => boolean = () => true): string {
  const some = table.columns.flatMap((column, at) => (of(at) ? [{ column, at }] : []));
  const values = some.flatMap(({ column, at }) => [`${measuredValue(column)} AS v${at}`, `${column.cell} AS c${at}`]);
  const scan = some.length === table.columns.length ? table.scan : table.scanOf(new Set(some.map(({ column }) => column.name)));
  const rows = `SELECT ${[`${quoteName(fileColumn)} AS ${fileSql}`, ...values].join(', ')} FROM (${scan})`;
  const finite = some.flatMap(({ column, at }) =>
    column.type === 'number' ? [`CASE WHEN isfinite(v${at}) THEN v${at} END AS n${at}`] : [],
  );
  return `SELECT ${['*', ...finite].join(', ')} FROM (${rows})`;
}

/** SELECT of the measured rows with the columns that some SQL names. */
export type RowsNaming = (...sql: readonly string[]) => string;

/** Columns beside those that are named do no harm: a text of the user may look like the name of one. */
export function rowsNaming(table: DatasetTable): RowsNaming {
  return (...sql) => {
    const named = new Set(sql.flatMap((one) => Array.from(one.matchAll(/\b[vnc](\d+)\b/g), ([, at]) => Number(at))));
    return measuredRows(table, (at) => named.has(at));
  };
}

/** SQL over the scan: a value as it is measured. NaN is no value; times are in UTC. */
export function measuredValue({ value, type, physicalType }: TableColumn): string {
  if (type === 'number') return hasNaN(physicalType) ? withoutNaN(`CAST(${value} AS DOUBLE)`) : `CAST(${value} AS DOUBLE)`;
  if (type === 'timestamp') return `CAST(${value} AS TIMESTAMP)`;
  if (type === 'time') return `CAST(${value} AS TIME)`;
  if (type === 'string' && physicalType !== 'VARCHAR') return `CAST(${value} AS VARCHAR)`;
  return value;
}

/** By a function, and not by comparing: statistics of Parquet files leave NaN out, and the engine takes a comparison that they rule out for false. */
function withoutNaN(number: string): string {
  return `CASE WHEN NOT isnan(${number}) THEN ${number} END`;
}

function hasNaN(physicalType: string): boolean {
  return !/^(DECIMAL|U?HUGEINT)/.test(physicalType);
}
