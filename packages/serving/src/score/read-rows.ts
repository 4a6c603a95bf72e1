import { access } from 'node:fs/promises';
import { type FeatureColumn, failure, nearest } from '@tidegate/formats';
import { type Cell, type Engine, quoteName, quoteText } from '@tidegate/runtime';
import type { Value } from '../model/tensor.ts';

/** The columns of a signature out of a Parquet file, each a list of values in the order of the rows. */
export interface Rows {
  readonly count: number;
  readonly cells: readonly (readonly Value[])[];
}

/** @throws TG-SERVING-SCORE-INPUT when the file cannot be read or lacks a column. */
export async function readRows(engine: Engine, file: string, columns: readonly FeatureColumn[]): Promise<Rows> {
  const source = `read_parquet(${quoteText(file)})`;
  const found = await columnsOf(engine, file, source);
  const missing = columns.filter((column) => !found.includes(column.name));
  if (missing.length > 0) throw lacking(file, missing, found);
  const names = columns.map((column) => quoteName(column.name)).join(', ');
  const table = await engine.columns(`SELECT count(*) OVER () AS "rows of the file", ${names || 'NULL'} FROM ${source}`);
  return {
    count: (table['rows of the file'] ?? []).length,
    cells: columns.map((column) => (table[column.name] ?? []).map((cell) => valueOf(cell, column))),
  };
}

async function columnsOf(engine: Engine, file: string, source: string): Promise<readonly string[]> {
  try {
    await access(file);
    return (await engine.describe(`SELECT * FROM ${source}`)).map((column) => column.name);
  } catch (error) {
    throw failure(
      'TG-SERVING-SCORE-INPUT',
      `Cannot read "${file}": ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
      'Give a Parquet file',
      error,
    );
  }
}

function lacking(file: string, missing: readonly FeatureColumn[], found: readonly string[]): Error {
  const names = missing.map((column) => `"${column.name}"`).join(', ');
  const near = nearest(missing[0]?.name ?? '', found);
  const hint = near === null ? 'Give a file with every input of the model as a column' : `Did you mean "${near}"?`;
  return failure('TG-SERVING-SCORE-INPUT', `Cannot score "${file}": it has no column ${names}`, hint);
}

/** Of numbers the engine gives NaN for null. Texts that came as something else (times, dates) are ISO 8601 texts already. */
function valueOf(cell: Cell, column: FeatureColumn): Value {
  if (typeof cell === 'number') return Number.isNaN(cell) ? null : column.type === 'boolean' ? cell !== 0 : cell;
  if (cell === null || typeof cell === 'boolean' || typeof cell === 'string') return cell;
  return JSON.stringify(cell);
}
