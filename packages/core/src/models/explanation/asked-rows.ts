import type { FeatureColumn } from '@tidegate/formats';
import { type Cell, type Engine, quoteName, quoteText, rowCount, type Sample } from '@tidegate/runtime';

/** The table of the rows that a model is asked about: their inputs, and `tidegate_place`, from 0 in the order of the test set. */
export const askedTable = 'tidegate_asked';
/** Its column that numbers the rows. */
export const placeColumn = 'tidegate_place';

export interface AskedRequest {
  readonly engine: Engine;
  /** Path of the rows with the inputs of the model. */
  readonly testSet: string;
  /** The predictions that are judged by. */
  readonly predictions: string;
  readonly inputs: readonly FeatureColumn[];
  /** Of the labelled rows, in order. */
  readonly rows: Int32Array;
}

/** Labelled rows at even distances, at most so many; of ranked rows whole queries. */
export function chosenRows(sample: Sample, most: number): Int32Array {
  const rows = rowCount(sample);
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  if (rows <= most) return all;
  const { queries } = sample;
  if (queries === undefined) return Int32Array.from({ length: most }, (_, place) => Math.floor((place * rows) / most));
  const count = queries.reduce((highest, query) => Math.max(highest, query), -1) + 1;
  const wanted = Math.max(1, Math.floor((count * most) / rows));
  const chosen = new Set(Array.from({ length: wanted }, (_, place) => Math.floor((place * count) / wanted)));
  return all.filter((row) => chosen.has(queries[row] ?? -1));
}

/** Makes the table of these rows. @returns the values of their inputs, by input */
export async function openAsked(request: AskedRequest): Promise<{ readonly [input: string]: readonly Cell[] }> {
  const { engine, testSet, predictions, inputs, rows } = request;
  const numbered = `SELECT row, (row_number() OVER (ORDER BY row)) - 1 AS labelled FROM read_parquet(${quoteText(predictions)}) WHERE label IS NOT NULL`;
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE ${askedTable} AS
     SELECT (row_number() OVER (ORDER BY n.row)) - 1 AS ${placeColumn}, ${inputs.map(({ name }) => `t.${quoteName(name)}`).join(', ')}
     FROM (${numbered}) n JOIN (SELECT unnest([${rows.join(', ')}]) AS labelled) chosen ON chosen.labelled = n.labelled
     JOIN read_parquet(${quoteText(testSet)}, file_row_number = true) t ON t.file_row_number = n.row`,
  );
  const cells = inputs.map(({ name, type }, place) => `${cellSql(name, type)} AS c${place}`);
  const columns = await engine.columns(`SELECT ${cells.join(', ')} FROM ${askedTable} t ORDER BY ${placeColumn}`);
  return Object.fromEntries(inputs.map(({ name }, place) => [name, columns[`c${place}`] ?? []]));
}

function cellSql(name: string, type: FeatureColumn['type']): string {
  const column = `t.${quoteName(name)}`;
  return type === 'number' || type === 'integer' || type === 'boolean' ? `CAST(${column} AS DOUBLE)` : `CAST(${column} AS VARCHAR)`;
}
