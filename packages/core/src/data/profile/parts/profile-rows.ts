import { quoteName } from '@tidegate/runtime';
import type { DatasetTable, TableColumn } from '../../read/dataset-table.ts';
import { fileColumn } from '../../read/scan.ts';
import { type Family, familyOf } from '../column-facts.ts';
import { measuredValue } from '../measured-rows.ts';

/** A column as its parts are measured: `v` and its number are its values in {@link profileRows}, `n` and its number the finite ones as floating-point numbers. */
export interface ProfiledColumn {
  readonly at: number;
  readonly column: TableColumn;
  readonly family: Family;
  /** Values of persons: only counts of them are kept. */
  readonly personal: boolean;
}

export function profiledColumns(table: DatasetTable, personal: ReadonlySet<string>): readonly ProfiledColumn[] {
  return table.columns.map((column, at) => ({ at, column, family: familyOf(column.type), personal: personal.has(column.name) }));
}

/**
 * SELECT of the rows of some files: the file's key as `f`, then values `v`; of a column of type `number` also `x`, which may be NaN. What a
 * query does not name is not computed.
 */
export function profileRows(table: DatasetTable, columns: readonly ProfiledColumn[], files: readonly string[]): string {
  const values = columns.flatMap(({ at, column }) =>
    column.type === 'number'
      ? [`CAST(${column.value} AS DOUBLE) AS x${at}`, `${measuredValue(column)} + 0.0::DOUBLE AS v${at}`] // which takes the sign of a zero
      : [`${measuredValue(column)} AS v${at}`],
  );
  const scan = table.scanOf(new Set(columns.map(({ column }) => column.name)), new Set(files));
  const rows = `SELECT ${[`${quoteName(fileColumn)} AS f`, ...values].join(', ')} FROM (${scan})`;
  const numbers = columns.flatMap(({ at, column, family }) =>
    family === 'number' || family === 'moment' ? [`${finiteNumber(column, at)} AS n${at}`] : [],
  );
  return `SELECT ${['*', ...numbers].join(', ')} FROM (${rows})`;
}

/** SQL: a number, or the seconds of a moment, from 1970 on; of a time of day from midnight on. */
function finiteNumber({ type }: TableColumn, at: number): string {
  const value = `v${at}`;
  switch (type) {
    case 'number':
      return `CASE WHEN isfinite(x${at}) THEN x${at} END`;
    case 'timestamp':
      return `CASE WHEN isfinite(${value}) THEN epoch_us(${value}) / 1000000.0::DOUBLE END`;
    case 'date':
      return `CASE WHEN isfinite(${value}) THEN epoch(${value}) END`;
    case 'time':
      return `epoch(${value})`;
    case 'integer':
    case 'string':
    case 'boolean':
    case 'object':
    case 'array':
      return `CAST(${value} AS DOUBLE)`;
  }
}
