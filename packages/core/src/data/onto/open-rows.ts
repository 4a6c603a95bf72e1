import { failure, type LogicalType, type TableColumn } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';
import { logicalTypeOf } from '../read/column-type.ts';
import type { DatasetFile, TableFormat } from '../read/dataset-file.ts';
import { type DatasetTable, openTable, typedSql } from '../read/dataset-table.ts';
import { isMissing } from '../read/text-type.ts';

export interface RowsToOpen {
  /** Names the dataset in messages. */
  readonly dataset: string;
  readonly files: readonly DatasetFile[];
  readonly format: TableFormat;
  /** What the rows go to has these columns, of these types of the engine. */
  readonly columns: readonly TableColumn[];
}

export interface OpenedRows {
  /** A SELECT of all rows, with the columns and types of what they go to. */
  readonly sql: string;
  readonly count: number;
}

/**
 * The rows of files that are to go to others. Text of CSV files is read as what the columns are, not as what it looks like.
 *
 * @throws TG-DATA-TYPE-CONFLICT when there are other columns, or a value that a column cannot have; as `openTable`
 */
export async function openRows(engine: Engine, { dataset, files, format, columns }: RowsToOpen): Promise<OpenedRows> {
  const declared = new Map<string, LogicalType>(columns.map(({ name, type }) => [name, logicalTypeOf(type)]));
  const table = await openTable(engine, { files, format, declared, folders: (name) => declared.has(name) });
  const file = files[0]?.path ?? '';
  const [own, theirs] = [table.columns, columns].map((all) => all.map(({ name }) => name).toSorted());
  if (own?.join('\0') !== theirs?.join('\0'))
    throw conflict(dataset, file, `it has the columns ${shown(own ?? [])}, the version ${shown(theirs ?? [])}`);
  await refuseUnreadable(engine, table, { dataset, file });
  const cast = columns.map(({ name, type }) => `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`);
  const sql = `SELECT ${cast.join(', ')} FROM (${typedSql(table)})`;
  try {
    // looks at every value: the engine casts only what it is asked for
    const [row] = await engine.rows(
      `SELECT count(*) AS rows FROM (${sql}) AS cast_rows WHERE hash(${columns.map(({ name }) => quoteName(name)).join(', ')}) IS NOT NULL`,
    );
    return { sql, count: Number(row?.['rows'] ?? 0) };
  } catch (error) {
    if (!(error instanceof Error) || !/Conversion Error|Casting value|out of range/i.test(error.message)) throw error;
    throw conflict(dataset, file, `a value fits no column: ${(error.message.split('\n')[0] ?? '').replace(/^Conversion Error: /, '')}`);
  }
}

/** Text that is no value of its column would be read as none. */
async function refuseUnreadable(
  engine: Engine,
  { columns, scan }: DatasetTable,
  { dataset, file }: { readonly dataset: string; readonly file: string },
): Promise<void> {
  for (const { name, cell, value, textType } of columns) {
    if (textType === null || textType === 'VARCHAR') continue;
    const [found] = await engine.rows(`SELECT ${cell} AS text FROM (${scan}) WHERE NOT ${isMissing(cell)} AND ${value} IS NULL LIMIT 1`);
    if (found !== undefined)
      throw conflict(dataset, file, `${JSON.stringify(found['text'])} is no ${textType}, which the column "${name}" has in the version`);
  }
}

function shown(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ');
}

function conflict(dataset: string, file: string, found: string): Error {
  return failure(
    'TG-DATA-TYPE-CONFLICT',
    `Cannot add "${file}" onto a version of data.${dataset}: ${found}`,
    'Write the file with the columns of the version and values of their types; a version with other columns is made of all files: pull them, and add',
  );
}
