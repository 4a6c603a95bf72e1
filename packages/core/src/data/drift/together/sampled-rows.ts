import type { LogicalType } from '@tidegate/formats';
import { type Cell, type Engine, quoteName } from '@tidegate/runtime';

export interface SampledColumn {
  readonly name: string;
  readonly type: LogicalType;
}

/** Some rows of a table, column by column. */
export interface SampledRows {
  readonly rows: number;
  /** Rows of the table. */
  readonly of: number;
  /** Numbers, and hours of times; NaN where there is none. */
  readonly numbers: ReadonlyMap<string, Float64Array>;
  /** Texts and truth values; null where there is none. */
  readonly texts: ReadonlyMap<string, readonly (string | null)[]>;
  /** Lists of numbers; null where there is none, or what it holds is no list of finite numbers. */
  readonly lists: ReadonlyMap<string, readonly (readonly number[] | null)[]>;
}

export interface SampleRequest {
  readonly sql: string;
  readonly columns: readonly SampledColumn[];
  readonly most: number;
  /** Column that the sample is in the order of. Default: that of the rows. */
  readonly orderBy?: string | null;
  /** What the rows were drawn from, when the query gives a {@link drawnRows} and not all of them. Default: it gives all. */
  readonly drawn?: DrawnFrom | null;
}

export interface DrawnFrom {
  /** Rows of what the sample is of. */
  readonly of: number;
}

/** Column of a kept sample by which smaller ones are taken out of it: a sample of n rows has those below n. */
export const drawColumn = 'tidegate.draw';

/** SQL of a row's draw: below n for about n of `of` rows, chosen by a hash of the place. */
function drawSql(place: string, of: number): string {
  return `(hash(${place}) % ${of}::UBIGINT)::BIGINT`;
}

/** SELECT of about `most` rows of a query, or all when there are no more, with {@link drawColumn}: whoever samples them gets what sampling the query would have given. */
export function drawnRows(sql: string, { of, most }: { readonly of: number; readonly most: number }): string {
  const place = quoteName('tidegate.place');
  const placed = `SELECT *, row_number() OVER () AS ${place} FROM (${sql})`;
  const draw = of === 0 ? '0::BIGINT' : drawSql(place, of);
  const drawn = `SELECT * EXCLUDE (${place}), ${draw} AS ${quoteName(drawColumn)} FROM (${placed})`;
  return of <= most ? drawn : `SELECT * FROM (${drawn}) WHERE ${quoteName(drawColumn)} < ${most}`;
}

/**
 * About `most` rows of a query, or all when there are no more: those whose place has a low hash, so that the same rows in the same order give the same sample.
 * One scan counts them, one reads them; what is kept is bounded.
 */
export async function sampleRows(
  engine: Engine,
  { sql, columns, most, orderBy = null, drawn = null }: SampleRequest,
): Promise<SampledRows> {
  const of = drawn?.of ?? (await countOf(engine, sql));
  const places = of <= most ? sql : drawn === null ? drawnRows(sql, { of, most }) : below(sql, most);
  const values = columns.flatMap(({ name, type }, index) => {
    const value = sampledSql(name, type);
    return value === null ? [] : [{ name, type, as: `c${index}`, sql: value }];
  });
  if (values.length === 0 || of === 0) return { rows: 0, of, numbers: new Map(), texts: new Map(), lists: new Map() };
  const found = await engine.columns(
    `SELECT ${values.map((one) => `${one.sql} AS ${one.as}`).join(', ')} FROM (${places})${orderBy === null ? '' : ` ORDER BY ${quoteName(orderBy)}`}`,
  );
  const ofKind = <T>(isKind: (type: LogicalType) => boolean, take: (cells: readonly Cell[]) => T): ReadonlyMap<string, T> =>
    new Map(values.filter(({ type }) => isKind(type)).map(({ name, as }) => [name, take(found[as] ?? [])]));
  return {
    rows: found[values[0]?.as ?? '']?.length ?? 0,
    of,
    numbers: ofKind(isNumeric, (cells) => Float64Array.from(cells, Number)),
    texts: ofKind(isText, (cells) => cells.map((cell) => (cell === null ? null : String(cell)))),
    lists: ofKind(
      (type) => type === 'array',
      (cells) => cells.map(numbersOf),
    ),
  };
}

async function countOf(engine: Engine, sql: string): Promise<number> {
  const [counted = {}] = await engine.rows(`SELECT count(*) AS rows FROM (${sql})`);
  return Number(counted['rows']);
}

function below(sql: string, most: number): string {
  return `SELECT * FROM (${sql}) WHERE ${quoteName(drawColumn)} < ${most}`;
}

function isNumeric(type: LogicalType): boolean {
  return type === 'integer' || type === 'number' || type === 'timestamp';
}

function isText(type: LogicalType): boolean {
  return type === 'string' || type === 'boolean';
}

/** SQL of what is looked at; null for what has nothing to compare: days move on by themselves. */
function sampledSql(name: string, type: LogicalType): string | null {
  const column = quoteName(name);
  if (type === 'integer' || type === 'number') return `TRY_CAST(${column} AS DOUBLE)`;
  if (type === 'timestamp') return `CAST(extract('hour' FROM CAST(${column} AS TIMESTAMP)) AS DOUBLE)`;
  if (isText(type)) return `CAST(${column} AS VARCHAR)`;
  return type === 'array' ? column : null;
}

function numbersOf(cell: Cell): readonly number[] | null {
  if (!Array.isArray(cell)) return null;
  const numbers = cell.map((one) => (typeof one === 'number' ? one : Number.NaN));
  return numbers.every(Number.isFinite) ? numbers : null;
}
