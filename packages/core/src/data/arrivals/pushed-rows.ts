import { type Cell, type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { type Column, type Json, nearest } from '@tidegate/formats';
import { writeFile } from '../../platform/index.ts';
import { brokenColumn, judgedRows, readableFiles, type RowReading } from './row-reading.ts';

/** A row that is not taken, by its place in the request. */
export interface RejectedRow {
  readonly index: number;
  readonly reason: string;
}

export interface JudgedRows {
  /** How many rows the file holds. */
  readonly accepted: number;
  readonly rejected: readonly RejectedRow[];
}

/**
 * Writes the rows that a dataset can take to a Parquet file, in their order, with the columns and types of its newest version. The others
 * are rejected, each with the first thing that is wrong with it: a column that the dataset does not have, a value of another type, a required
 * column without a value, a row check of the data contract.
 *
 * @param rows objects by column; a column that is left out has no value
 * @param required columns that every row must have a value in
 * @param folder to work in
 */
export async function judgePushedRows(engine: Engine, { reading, required, rows, folder, file }: PushedRows): Promise<JudgedRows> {
  const { columns } = reading;
  const problems = new Map<number, string>();
  for (const [index, row] of rows.entries()) {
    const problem = problemOf(row, columns, required);
    if (problem !== null) problems.set(index, problem);
  }
  await loadRows(engine, columns, { rows, folder });
  for (const { index, reason } of await misfits(engine, columns)) if (!problems.has(index)) problems.set(index, reason);
  const typed = `${folder}/typed.parquet`;
  await writeTyped(engine, columns, { into: typed, without: [...problems.keys()] });
  const kept = rows.flatMap((_, index) => (problems.has(index) ? [] : [index]));
  const broken = kept.length === 0 ? [] : await brokenChecks(engine, reading, typed);
  for (const [place, check] of broken.entries()) {
    const index = kept[place];
    const promise = check === null ? undefined : reading.checks[check]?.promise;
    if (index !== undefined && promise !== undefined) problems.set(index, `It breaks a check of the data contract: ${promise}`);
  }
  await writeTyped(engine, columns, { into: file, without: [...problems.keys()] });
  await engine.run('DROP TABLE pushed');
  return {
    accepted: rows.length - problems.size,
    rejected: [...problems].map(([index, reason]) => ({ index, reason })).sort((one, other) => one.index - other.index),
  };
}

export interface PushedRows {
  readonly reading: RowReading;
  readonly required: readonly string[];
  readonly rows: readonly Json[];
  readonly folder: string;
  /** Path of the Parquet file to write. */
  readonly file: string;
}

function problemOf(row: Json, columns: readonly Column[], required: readonly string[]): string | null {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return 'A row must be an object of columns';
  const values = new Map(Object.entries(row));
  for (const name of values.keys()) {
    if (columns.some((column) => column.name === name)) continue;
    const near = nearest(
      name,
      columns.map((column) => column.name),
    );
    return `There is no column "${name.slice(0, 100)}"${near === null ? '' : `; did you mean "${near}"?`}`;
  }
  for (const name of required) if ((values.get(name) ?? null) === null) return `The column "${name}" must have a value`;
  for (const { name, type } of columns) {
    const value = values.get(name) ?? null;
    if (value !== null && !fits(value, type))
      return `The column "${name}" takes ${inWords[type]}, found ${JSON.stringify(value).slice(0, 100)}`;
  }
  return null;
}

const inWords: Readonly<Record<Column['type'], string>> = {
  string: 'text',
  integer: 'whole numbers (text beyond 2^53)',
  number: 'numbers',
  boolean: 'true and false',
  date: 'dates such as "2013-10-01"',
  timestamp: 'ISO 8601 times such as "2013-10-01T12:00:00Z"',
  time: 'times of day such as "12:30:00"',
  object: 'objects',
  array: 'lists',
};

const timeForm = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?$/;

function fits(value: Json, type: Column['type']): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'integer':
      return Number.isSafeInteger(value) || (typeof value === 'string' && /^-?\d{16,39}$/.test(value));
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'date':
      return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);
    case 'timestamp':
      return typeof value === 'string' && timeForm.test(value);
    case 'time':
      return typeof value === 'string' && /^\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?$/.test(value);
    case 'object':
      return typeof value === 'object' && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
  }
}

/** The table `pushed`: each value as its text, and the place of the row. */
async function loadRows(
  engine: Engine,
  columns: readonly Column[],
  { rows, folder }: { readonly rows: readonly Json[]; readonly folder: string },
): Promise<void> {
  const path = `${folder}/pushed.jsonl`;
  const lines = rows.map((row, index) => JSON.stringify([index, ...columns.map(({ name }) => textOf(memberOf(row, name)))]));
  await writeFile(path, lines.map((line) => `${line}\n`).join(''));
  const values = columns.map((_, index) => `json_extract_string(json, '$[${index + 1}]') AS v${index}`);
  await engine.run(
    `CREATE OR REPLACE TABLE pushed AS SELECT ${[`CAST(json_extract(json, '$[0]') AS BIGINT) AS place`, ...values].join(', ')}
     FROM read_json_objects(${quoteText(path)}, format = 'newline_delimited', maximum_object_size = 16777216)`,
  );
}

function memberOf(row: Json, name: string): Json {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return null;
  return Object.hasOwn(row, name) ? ((row as { readonly [name: string]: Json })[name] ?? null) : null;
}

function textOf(value: Json): string | null {
  return value === null ? null : typeof value === 'string' ? value : JSON.stringify(value);
}

/** A time without a zone is UTC; one with an offset is brought to UTC before it is put into a column without zone. */
function valueSql({ physicalType }: Column, index: number): string {
  const text = `v${index}`;
  if (physicalType.startsWith('TIMESTAMP') && !physicalType.includes('ZONE'))
    return `try_cast(try_cast(${text} AS TIMESTAMPTZ) AS ${physicalType})`;
  return `try_cast(${text} AS ${physicalType})`;
}

/** Values that look right and are none: the 30th of February, a number beyond its type. */
async function misfits(engine: Engine, columns: readonly Column[]): Promise<readonly RejectedRow[]> {
  const cases = columns.map((column, index) => `WHEN v${index} IS NOT NULL AND ${valueSql(column, index)} IS NULL THEN ${index}`);
  const found = await engine.rows(
    `SELECT place, wrong, [${columns.map((_, index) => `v${index}`).join(', ')}][wrong + 1] AS value
     FROM (SELECT *, CASE ${cases.join(' ')} END AS wrong FROM pushed) WHERE wrong IS NOT NULL ORDER BY place`,
  );
  return found.map((row) => {
    const column = columns[Number(row['wrong'])];
    const value = shown(row['value'] ?? null);
    return { index: Number(row['place']), reason: `The column "${column?.name}" is ${column?.physicalType}, which cannot hold ${value}` };
  });
}

function shown(value: Cell): string {
  return JSON.stringify(value).slice(0, 100);
}

async function writeTyped(
  engine: Engine,
  columns: readonly Column[],
  { into, without }: { readonly into: string; readonly without: readonly number[] },
): Promise<void> {
  const values = columns.map((column, index) => `${valueSql(column, index)} AS ${quoteName(column.name)}`);
  const where = without.length === 0 ? '' : ` WHERE place NOT IN (${without.join(', ')})`;
  await engine.run(`COPY (SELECT ${values.join(', ')} FROM pushed${where} ORDER BY place) TO ${quoteText(into)} (FORMAT parquet)`);
}

/** For each row of the file the index of the check it breaks, else null. */
async function brokenChecks(engine: Engine, reading: RowReading, path: string): Promise<readonly (number | null)[]> {
  const file = { path: 'the pushed rows', digest: reading.digest, bytes: 1, object: path };
  const files = await readableFiles(engine, reading, [file]);
  const found = await engine.rows(`SELECT ${brokenColumn} AS broken FROM (${judgedRows(reading, files)})`);
  return found.map(({ broken = null }) => (broken === null ? null : Number(broken)));
}
