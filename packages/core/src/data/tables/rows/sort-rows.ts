import type { TableColumn } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { globText } from '../../read/sql-path.ts';
import { orderTerms, type OrderTerm, type RowOrder } from './row-order.ts';
import { rowHashSql, type RowSum, sumOfHashes } from './row-sum.ts';

/** All rows in their order in one file, each with its hash, and a marker before the first row of each former group. */
export interface SortedRows {
  readonly path: string;
  readonly terms: readonly OrderTerm[];
  readonly columns: readonly TableColumn[];
  /** Rows and markers. */
  readonly length: number;
  readonly markers: readonly Marker[];
}

/** Where a former group begins now: the place of the marker itself, counted from 0. */
export interface Marker {
  readonly at: number;
  readonly from: readonly string[];
}

export interface SortRequest {
  /** A SELECT of the rows. */
  readonly rows: string;
  readonly columns: readonly TableColumn[];
  readonly order: RowOrder;
  /** Where the groups of the version before begin. */
  readonly marks: readonly (readonly string[])[];
  /** The file to write. */
  readonly path: string;
}

const rowNumber = 'file_row_number';
/** The engine reads only the row groups that a range of rows needs: small ones cost less to read at their borders. */
const rowGroupRows = 30_720;
/** What nobody but us reads is written in the newer encodings, which take half of the time and three quarters of the room. */
const sortedOptions = `FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE ${rowGroupRows}`;

/** Sorts the rows, on disk where memory does not suffice. Columns have names of ours there: those of the user may be any. */
export async function sortRows(engine: Engine, { rows, columns, order, marks, path }: SortRequest): Promise<SortedRows> {
  const terms = orderTerms(order, columns);
  const values = `${orderedValues(terms, columns)}, CAST(NULL AS INTEGER) AS m`;
  const parts = [`SELECT ${values} FROM (${rows})`, ...(marks.length === 0 ? [] : [markerRows(marks, terms, columns)])];
  const by = [...terms.map((_, at) => `t${at}`), '(m IS NULL)'].join(', ');
  await engine.run(`COPY (SELECT * FROM (${parts.join(' UNION ALL ')}) ORDER BY ${by}) TO ${quoteText(path)} (${sortedOptions})`);
  const found = await engine.rows(`SELECT ${rowNumber} AS at, m FROM ${numbered(path)} WHERE m IS NOT NULL ORDER BY 1`);
  const [counted] = await engine.rows(`SELECT num_rows AS length FROM parquet_file_metadata(${globText(path)})`);
  const markers = found.map((row) => ({ at: Number(row['at']), from: marks[Number(row['m'])] ?? [] }));
  return { path, terms, columns, length: Number(counted?.['length'] ?? 0), markers };
}

/** The select list of rows on their way into an order: the terms, the values and the hash of each, under names of ours. */
export function orderedValues(terms: readonly OrderTerm[], columns: readonly TableColumn[]): string {
  return [
    ...terms.map(({ sql, type }, at) => `CAST(${sql} AS ${type}) AS t${at}`),
    ...columns.map(({ name }, at) => `${quoteName(name)} AS c${at}`),
    `${rowHashSql(columns)} AS h`,
  ].join(', ');
}

/** The select list of such rows under the names of their table. */
export function namedValues(columns: readonly TableColumn[]): string {
  return columns.map(({ name }, at) => `c${at} AS ${quoteName(name)}`).join(', ');
}

function markerRows(marks: readonly (readonly string[])[], terms: readonly OrderTerm[], columns: readonly TableColumn[]): string {
  const list = marks.map((from, index) => `(${[...terms.map((_, at) => quoteText(from[at] ?? '')), String(index)].join(', ')})`);
  const named = [...terms.map((_, at) => `t${at}`), 'm'].join(', ');
  const values = [
    ...terms.map(({ type }, at) => `CAST(t${at} AS ${type})`),
    ...columns.map(({ type }) => `CAST(NULL AS ${type})`),
    'CAST(NULL AS UBIGINT)',
    'CAST(m AS INTEGER)',
  ];
  return `SELECT ${values.join(', ')} FROM (VALUES ${list.join(', ')}) AS marks(${named})`;
}

function numbered(path: string): string {
  return `read_parquet(${globText(path)}, file_row_number = true)`;
}

/** The rows of a range of places, markers left out, under the names of the table's columns and in order. */
export function rowsBetween({ path, columns }: SortedRows, start: number, end: number): string {
  return `SELECT ${namedValues(columns)} FROM ${numbered(path)} WHERE ${isBetweenSql(start, end)} AND m IS NULL`;
}

/** Number and sum of the rows of a range of places, markers left out. */
export function sumBetween(
  engine: Engine,
  { path }: SortedRows,
  { start, end }: { readonly start: number; readonly end: number },
): Promise<RowSum> {
  return sumOfHashes(engine, `SELECT h FROM ${numbered(path)} WHERE ${isBetweenSql(start, end)} AND m IS NULL`, 'h');
}

/** A place in the order: what a group that begins there is called by. */
export interface PlaceInOrder {
  readonly at: number;
  readonly from: readonly string[];
}

/** Places of rows, markers aside, for which a condition over `t0`… and {@link rowNumber} holds, in order. */
export async function placesWhere(engine: Engine, { path, terms }: SortedRows, condition: string): Promise<readonly PlaceInOrder[]> {
  const list = terms.map((_, at) => `CAST(t${at} AS VARCHAR) AS t${at}`).join(', ');
  const rows = await engine.rows(
    `SELECT ${rowNumber} AS at, ${list} FROM ${numbered(path)} WHERE m IS NULL AND (${condition}) ORDER BY ${rowNumber}`,
  );
  return rows.map((row) => ({ at: Number(row['at']), from: terms.map((_, at) => String(row[`t${at}`])) }));
}

/** The first place of each partition, in order; without partitions that of all. */
export async function partitionStarts(engine: Engine, { path }: SortedRows, isPartitioned: boolean): Promise<readonly number[]> {
  if (!isPartitioned) return [0];
  const rows = await engine.rows(`SELECT min(${rowNumber}) AS at FROM ${numbered(path)} GROUP BY t0 ORDER BY 1`);
  return rows.map((row) => Number(row['at']));
}

/** SQL over `t0`…: whether a group is cut before this row when it is to be cut about every so many rows, by the same hash as sums. */
export function isCutSql(terms: readonly OrderTerm[], every: number): string {
  return `hash(${terms.map((_, at) => `t${at}`).join(', ')}) % ${every} = 0`;
}

/** SQL of the condition that a place lies in a range. */
export function isBetweenSql(start: number, end: number): string {
  return `${rowNumber} >= ${start} AND ${rowNumber} < ${end}`;
}
