import type { FeatureColumn } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';

export interface InputCellsRequest {
  /** Path of the rows with the inputs of the model. */
  readonly testSet: string;
  /** The predictions that are judged by: labelled rows in order. */
  readonly predictions: string;
  readonly inputs: readonly FeatureColumn[];
  /** Of the labelled rows those that are wanted. */
  readonly rows: Int32Array;
}

/** An input by row: numbers, texts, or null for a missing value. */
export interface InputCells {
  readonly name: string;
  readonly values: readonly (number | string | null)[];
}

/** Inputs that can be told apart by a number or a word. */
export function comparableInputs(inputs: readonly FeatureColumn[]): readonly FeatureColumn[] {
  return inputs.filter(({ type }) => type === 'number' || type === 'integer' || type === 'string' || type === 'boolean');
}

/** Values of {@link comparableInputs} in these rows, in their order. */
export async function readInputCells(
  engine: Engine,
  { testSet, predictions, inputs, rows }: InputCellsRequest,
): Promise<readonly InputCells[]> {
  const columns = comparableInputs(inputs);
  if (columns.length === 0) return [];
  const labelled = `SELECT row, (row_number() OVER (ORDER BY row)) - 1 AS labelled FROM read_parquet(${quoteText(predictions)}) WHERE label IS NOT NULL`;
  const cells = await engine.columns(
    `SELECT ${columns.map(({ name, type }, place) => `${cellSql(name, type)} AS c${place}`).join(', ')}
     FROM (${labelled}) p JOIN (SELECT unnest([${rows.join(', ')}]) AS labelled) chosen ON chosen.labelled = p.labelled
     JOIN read_parquet(${quoteText(testSet)}, file_row_number = true) t ON t.file_row_number = p.row ORDER BY p.row`,
  );
  return columns.map(({ name }, place) => ({ name, values: (cells[`c${place}`] ?? []).map(valueOf) }));
}

function cellSql(name: string, type: FeatureColumn['type']): string {
  const column = `t.${quoteName(name)}`;
  return type === 'number' || type === 'integer' ? `CAST(${column} AS DOUBLE)` : `CAST(${column} AS VARCHAR)`;
}

function valueOf(cell: unknown): number | string | null {
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : null;
  return cell === null || cell === undefined ? null : String(cell);
}
