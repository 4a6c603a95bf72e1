import { failure, type LogicalType } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { copyOptions, type RowFormat } from './row-format.ts';
import type { DatasetFile, TableFormat } from './read/dataset-file.ts';
import { type DatasetTable, openTable, typedSql } from './read/dataset-table.ts';

export interface RowsToConvert {
  readonly dataset: string;
  readonly files: readonly DatasetFile[];
  readonly format: TableFormat;
  /** Columns that have to be there: those of the key. */
  readonly needed: readonly string[];
  /** Column → the logical type that a data contract promises. */
  readonly declared: ReadonlyMap<string, LogicalType>;
  readonly to: { readonly path: string; readonly format: RowFormat };
}

/**
 * Writes the rows of files as one file of a format that may be another one, and reads it back, for text says less of types than Parquet does. Names of folders such
 * as `day=2026-01-02` become columns.
 *
 * @returns how many rows were written
 * @throws TG-DATA-TABLE-KEY, TG-DATA-TYPE-CONFLICT when a column would be read as another type; as `openTable`
 */
export async function convertRows(engine: Engine, { dataset, files, format, needed, declared, to }: RowsToConvert): Promise<number> {
  const table = await openTable(engine, { files, format, declared, folders: () => true });
  const missing = needed.find((name) => !table.columns.some((column) => column.name === name));
  if (missing !== undefined)
    throw failure(
      'TG-DATA-TABLE-KEY',
      `Cannot import into data.${dataset}: "${files[0]?.path ?? ''}" has no column "${missing}", which is in the key of the table`,
      'Import files with the columns of the key, or correct "key" in tidegate.yaml',
    );
  const [copied] = await engine.rows(`COPY (${typedSql(table)}) TO ${quoteText(to.path)} (${copyOptions[to.format]})`);
  await refuseOtherTypes(engine, table, { dataset, declared, to });
  return Number(copied?.['Count'] ?? 0);
}

async function refuseOtherTypes(
  engine: Engine,
  table: DatasetTable,
  { dataset, declared, to }: Pick<RowsToConvert, 'dataset' | 'declared' | 'to'>,
): Promise<void> {
  if (to.format === 'parquet') return;
  const [first] = table.files;
  if (first === undefined) return;
  const file = { ...first, object: to.path }; // what is wrong with it is told under a name that the user knows
  const written = await openTable(engine, { files: [file], format: to.format === 'csv' ? 'csv' : 'json', declared });
  for (const { name, type, physicalType } of table.columns) {
    const found = written.columns.find((column) => column.name === name);
    if (found !== undefined && canStandFor(found.type, type)) continue;
    const [row] = await engine.rows(`SELECT count(${quoteName(name)}) AS filled FROM (${typedSql(table)})`);
    if (Number(row?.['filled'] ?? 0) === 0) continue;
    throw failure(
      'TG-DATA-TYPE-CONFLICT',
      `Cannot import into data.${dataset}: its files are ${to.format}, in which the column "${name}" (${physicalType}) would be read as ${found?.physicalType ?? 'nothing'}`,
      `Let "from" of data.${dataset} read Parquet, or declare the type of "${name}" in its data contract`,
    );
  }
}

/** Numbers may be read as whole ones when they are; a moment at midnight may be a day. */
function canStandFor(found: LogicalType, wanted: LogicalType): boolean {
  return found === wanted || (found === 'integer' && wanted === 'number') || (found === 'date' && wanted === 'timestamp');
}
