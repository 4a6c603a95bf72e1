import type { TableColumn, TableRecord } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';

/** Rows by their key: values as text, for each row one for each of the columns, which are all of the key or some of it. */
export interface KeyRows {
  readonly columns: readonly string[];
  readonly values: readonly (readonly string[])[];
}

/** Holds the values as text, in columns `k0`, `k1`…, and in `n` the place of each key, once {@link takeKeys} was called. */
const keysTable = 'temp.tidegate_keys';
const valuesAtOnce = 1_000;

/** Hands the keys to an engine; every function of this file that takes the engine counts on it. */
export async function takeKeys(engine: Engine, { columns, values }: KeyRows): Promise<void> {
  await engine.run(`CREATE OR REPLACE TEMP TABLE tidegate_keys (n INTEGER, ${columns.map((_, at) => `k${at} VARCHAR`).join(', ')})`);
  for (let at = 0; at < values.length; at += valuesAtOnce) {
    const rows = values.slice(at, at + valuesAtOnce).map((row, place) => `(${at + place}, ${row.map(quoteText).join(', ')})`);
    await engine.run(`INSERT INTO ${keysTable} VALUES ${rows.join(', ')}`);
  }
}

/** The columns of a file or a table that the keys are about, by the names that they have there; null when it has not all of them. */
export function keyColumnsIn(columns: readonly TableColumn[], keys: Pick<KeyRows, 'columns'>): readonly TableColumn[] | null {
  const byName = new Map(columns.map((column) => [column.name.toLowerCase(), column]));
  const found = keys.columns.flatMap((name) => byName.get(name.toLowerCase()) ?? []);
  return found.length === keys.columns.length ? found : null;
}

/** A SELECT of those rows that have one of the keys (`SEMI`), or of all others (`ANTI`). */
export function rowsByKey(rows: string, which: 'SEMI' | 'ANTI', columns: readonly TableColumn[]): string {
  const values = columns.map(({ name, type }, at) => `TRY_CAST(k${at} AS ${type}) AS ${quoteName(name)}`).join(', ');
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  return `SELECT * FROM (${rows}) ${which} JOIN (SELECT ${values} FROM ${keysTable}) USING (${names})`;
}

/** Places of the keys that some of the rows have. */
export async function keysAmong(engine: Engine, rows: string, columns: readonly TableColumn[]): Promise<readonly number[]> {
  const values = columns.map(({ name, type }, at) => `TRY_CAST(k${at} AS ${type}) AS ${quoteName(name)}`).join(', ');
  const names = columns.map(({ name }) => quoteName(name)).join(', ');
  const found = await engine.rows(
    `SELECT DISTINCT n FROM (SELECT n, ${values} FROM ${keysTable}) SEMI JOIN (SELECT ${names} FROM (${rows})) USING (${names})`,
  );
  return found.map((row) => Number(row['n']));
}

/** The keys as columns of these types have them, each as text; one with a value that such a column cannot have is left out. */
export async function keyTexts(engine: Engine, columns: readonly TableColumn[]): Promise<readonly (readonly string[])[]> {
  const values = columns.map(({ type }, at) => `CAST(TRY_CAST(k${at} AS ${type}) AS VARCHAR) AS k${at}`).join(', ');
  const rows = await engine.rows(`SELECT DISTINCT ${values} FROM ${keysTable} ORDER BY ALL`);
  return rows.map((row) => columns.map((_, at) => row[`k${at}`])).filter((row) => row.every((value) => typeof value === 'string'));
}

/** The place of each of these columns in what a group begins with: the partition comes before the key. */
export function placesInOrder(
  { key, partition }: Pick<TableRecord, 'key' | 'partition'>,
  columns: readonly TableColumn[],
): readonly number[] {
  const before = partition === null ? 0 : 1;
  return columns.map(({ name }) => before + key.findIndex((one) => one.toLowerCase() === name.toLowerCase()));
}

/** A value given for the column at this place that a column of none of these types can have; null when there is no such value. */
export async function impossibleValue(engine: Engine, place: number, types: readonly string[]): Promise<string | null> {
  const conditions = types.map((type) => `TRY_CAST(k${place} AS ${type}) IS NULL`);
  const [row] = await engine.rows(`SELECT k${place} AS value FROM ${keysTable} WHERE ${conditions.join(' AND ')} ORDER BY n LIMIT 1`);
  return typeof row?.['value'] === 'string' ? row['value'] : null;
}
