import { compareCodeUnits, type HalvedCounts } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';

/** The column of a source that says in which half a row is, 0 or 1. */
export const halfColumn = 'tidegate.half';

/** A column of a table that has {@link halfColumn} too. */
export interface CountedColumn {
  /** Name of the table or view, quoted. */
  readonly table: string;
  /** SQL: the value. */
  readonly value: string;
}

/** A number, or NULL where the column has none: not a number counts as missing. */
export function numberSql(column: string): string {
  const value = `TRY_CAST(${quoteName(column)} AS DOUBLE)`;
  return `(CASE WHEN NOT isnan(${value}) THEN ${value} END)`;
}

export interface OrderedCounts {
  readonly counts: HalvedCounts;
  /** Of the finite values. */
  readonly mean: number | null;
  readonly std: number | null;
}

/** SQL: the bin of a value `v` among these edges, counted from 0; the one after them when it is NULL. */
export function orderedBinSql(edges: readonly number[]): string {
  const bin = ['0', ...edges.map((edge) => `(v > ${numberLiteral(edge)})::INT`)].join(' + ');
  return `CASE WHEN v IS NULL THEN ${edges.length + 1} ELSE ${bin} END`;
}

/** Rows by bin between edges, rows without a value in the bin after them. */
export async function countOrdered(engine: Engine, { table, value }: CountedColumn, edges: readonly number[]): Promise<OrderedCounts> {
  const rows = await engine.rows(
    `SELECT ${orderedBinSql(edges)} AS bin, half, count(*) AS rows
     FROM (SELECT ${value} AS v, ${quoteName(halfColumn)} AS half FROM ${table}) GROUP BY ALL`,
  );
  const [moments = {}] = await engine.rows(
    `SELECT avg(v) AS mean, stddev_samp(v) AS std FROM (SELECT ${value} AS v FROM ${table}) WHERE isfinite(v)`,
  );
  const counts: readonly [number[], number[]] = [emptyBins(edges.length + 2), emptyBins(edges.length + 2)];
  for (const row of rows) counts[row['half'] === 0 ? 0 : 1][Number(row['bin'])] = Number(row['rows']);
  return { counts, mean: numberOf(moments['mean']), std: numberOf(moments['std']) };
}

/** A value of a column with its rows in each half, most frequent first; null for rows without a value. */
export interface CountedValue {
  readonly value: string | null;
  readonly rows: readonly [number, number];
}

/** @param most how many different values are asked for */
export async function countValues(engine: Engine, { table, value }: CountedColumn, most: number): Promise<readonly CountedValue[]> {
  const rows = await engine.rows(
    `SELECT v, count(*) FILTER (half = 0) AS first, count(*) FILTER (half = 1) AS second
     FROM (SELECT ${value} AS v, ${quoteName(halfColumn)} AS half FROM ${table}) GROUP BY v ORDER BY count(*) DESC, v LIMIT ${most + 1}`,
  );
  return rows
    .map((row): CountedValue => ({
      value: row['v'] === null || row['v'] === undefined ? null : String(row['v']),
      rows: [Number(row['first']), Number(row['second'])],
    }))
    .toSorted((a, b) => sizeOf(b) - sizeOf(a) || compareCodeUnits(a.value ?? '', b.value ?? ''));
}

/** Rows of each half with a value and without one. */
export async function countMissing(
  engine: Engine,
  { table, value }: CountedColumn,
): Promise<readonly { readonly known: number; readonly missing: number }[]> {
  const rows = await engine.rows(
    `SELECT half, count(v) AS known, count(*) - count(v) AS missing
     FROM (SELECT ${value} AS v, ${quoteName(halfColumn)} AS half FROM ${table}) GROUP BY half`,
  );
  return [0, 1].map((half) => {
    const row = rows.find((one) => one['half'] === half);
    return { known: Number(row?.['known'] ?? 0), missing: Number(row?.['missing'] ?? 0) };
  });
}

export function sizeOf({ rows: [first, second] }: CountedValue): number {
  return first + second;
}

export function emptyBins(bins: number): number[] {
  return Array.from({ length: bins }, () => 0);
}

export function numberLiteral(value: number): string {
  return Number.isFinite(value) ? `${value}::DOUBLE` : `'${value}'::DOUBLE`;
}

function numberOf(cell: unknown): number | null {
  return typeof cell === 'number' ? cell : null;
}
