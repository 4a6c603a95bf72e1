import type { CheckResult, Json } from '@tidegate/formats';
import type { Engine, Row } from '@tidegate/runtime';
import { familyOf, longestText, momentCell } from '../profile/column-facts.ts';
import { fileSql, type RowsNaming } from '../profile/measured-rows.ts';
import type { DatasetFile } from '../read/dataset-file.ts';
import type { Measurement } from './measurement.ts';
import { type Check, groupColumn, type Measure, type ShownColumn, windowColumn } from './check.ts';
import { tuple } from './tuple.ts';
import { cellText } from '../read/cell-text.ts';

/** Rows shown of a check that failed. */
export const exampleRows = 5;
/** The column of an example row that names the file it is from. */
const exampleFile = 'tidegate_file';
/** Stands for a value of a person. */
export const personalValue = '(personal)';

export interface ExampleSource {
  readonly rows: RowsNaming;
  /** Columns of the primary key, shown first. */
  readonly keys: readonly ShownColumn[];
  /** Names of columns whose values must not be shown. */
  readonly personal: ReadonlySet<string>;
  readonly filesByKey: ReadonlyMap<string, DatasetFile>;
}

/** The first rows that break the promise, in the order of the files; of repeated rows those of the first groups. */
export async function examplesOf(
  engine: Engine,
  { measure, shows }: Check,
  { source, measurement: { found, among } }: { readonly source: ExampleSource; readonly measurement: Measurement },
): Promise<CheckResult['examples']> {
  if (measure.kind === 'groups') return groupsOf(engine, measure, source);
  if (measure.kind !== 'rows' && measure.kind !== 'repeats') return [];
  const columns = uniqueColumns([...source.keys, ...shows]);
  const list = [...columns.map((column, index) => `${cellSql(column)} AS x${index}`), `${fileSql} AS x_file`].join(', ');
  // with no more than there are, the engine stops at the last one
  const where =
    measure.kind === 'rows' ? `WHERE ${measure.bad} LIMIT ${Math.min(exampleRows, found)}` : repeated(measure.columns, source.rows, among);
  const window = measure.kind === 'rows' ? (measure.window ?? '') : '';
  const rows = source.rows(list, where, window);
  const bad = await engine.rows(`SELECT ${list} FROM (${window === '' ? rows : withWindow(rows, window)}) ${where}`);
  return bad.map((row) => ({
    ...cellsOf(row, columns, source.personal),
    [exampleFile]: source.filesByKey.get(cellText(row['x_file']))?.path ?? null,
  }));
}

/** SELECT of the measured rows with what a check sees of the rows around each. */
export function withWindow(rows: string, window: string): string {
  return `SELECT *, ${window} AS ${windowColumn} FROM (${rows})`;
}

/** SELECT of the groups of a check: their columns as `x0`, `x1` …, and {@link groupColumn}. */
export function groupsSql({ columns, aggregate }: Extract<Measure, { readonly kind: 'groups' }>, rows: RowsNaming): string {
  const cells = columns.map((column, index) => `${cellSql(column)} AS x${index}`);
  const by = columns.map(({ sql }) => sql);
  return `SELECT ${cells.join(', ')}, ${aggregate} AS ${groupColumn} FROM (${rows(...cells, ...by, aggregate)}) GROUP BY ${by.join(', ')}`;
}

async function groupsOf(
  engine: Engine,
  measure: Extract<Measure, { readonly kind: 'groups' }>,
  { rows, personal }: ExampleSource,
): Promise<CheckResult['examples']> {
  const found = await engine.rows(`SELECT * FROM (${groupsSql(measure, rows)}) WHERE ${measure.bad} ORDER BY ALL LIMIT ${exampleRows}`);
  return found.map((row) => cellsOf(row, measure.columns, personal));
}

function cellsOf(row: Row, columns: readonly ShownColumn[], personal: ReadonlySet<string>): { readonly [name: string]: Json } {
  return Object.fromEntries(
    columns.map(({ name }, index): [string, Json] => [name, personal.has(name) ? personalValue : shortened(row[`x${index}`] ?? null)]),
  );
}

/** Examples out of a query that is made around the list of their cells. */
export async function exampleCells(
  engine: Engine,
  {
    columns,
    personal,
    query,
  }: { readonly columns: readonly ShownColumn[]; readonly personal: ReadonlySet<string>; readonly query: (list: string) => string },
): Promise<CheckResult['examples']> {
  const found = await engine.rows(query(columns.map((column, index) => `${cellSql(column)} AS x${index}`).join(', ')));
  return found.map((row) => cellsOf(row, columns, personal));
}

function uniqueColumns(columns: readonly ShownColumn[]): readonly ShownColumn[] {
  // a later one of the same name shows the cell as the file has it
  return [...new Map(columns.map((column) => [column.name, column])).values()];
}

function repeated(columns: readonly ShownColumn[], rows: RowsNaming, among = 'true'): string {
  const { list, one, present: all } = tuple(columns);
  const present = `${all} AND ${among}`;
  const groups = `SELECT ${one} FROM (${rows(list, among)}) WHERE ${present} GROUP BY ${list} HAVING count(*) > 1 ORDER BY ${list} LIMIT ${exampleRows}`;
  return `WHERE ${present} AND ${one} IN (${groups}) ORDER BY ${list} LIMIT ${exampleRows}`;
}

/** Numbers, truth values and texts as they are; what has no form in JSON (an infinite date, a list) as text. */
function cellSql({ sql, type }: ShownColumn): string {
  const family = familyOf(type);
  if (family === 'moment') return momentCell(type, sql);
  return family === 'nested' ? `CAST(${sql} AS VARCHAR)` : sql;
}

function shortened(value: Json): Json {
  return typeof value === 'string' && value.length > longestText ? `${value.slice(0, longestText)}…` : value;
}
