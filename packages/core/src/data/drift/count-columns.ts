import { compareCodeUnits, type HalvedCounts } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';
import { entriesOf } from '../profile/map-entries.ts';

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

/** Numbers counted between many edges in one pass. */
export interface NumberCounts {
  /** Of each half: bin i has what is above the edge before it and at most `edges[i]`, the last one what is above all edges. */
  readonly halves: HalvedCounts;
  /** Rows of each half without a value. */
  readonly missing: readonly [number, number];
  /** The least and the greatest value, infinities included; null without one. */
  readonly ends: readonly [number, number] | null;
  /** Of the finite values. */
  readonly mean: number | null;
  readonly std: number | null;
}

/** SQL: the bin of a value `v` among these edges, counted from 0; the one after them when it is NULL. */
export function orderedBinSql(edges: readonly number[]): string {
  const bin = ['0', ...edges.map((edge) => `(v > ${numberLiteral(edge)})::INT`)].join(' + ');
  return `CASE WHEN v IS NULL THEN ${edges.length + 1} ELSE ${bin} END`;
}

/** One pass over the rows, however many edges there are. */
export async function countBetween(engine: Engine, { table, value }: CountedColumn, edges: readonly number[]): Promise<NumberCounts> {
  const halves: readonly [number[], number[]] = [emptyBins(edges.length + 1), emptyBins(edges.length + 1)];
  const missing: [number, number] = [0, 0];
  const ends: number[] = [];
  const list = edges.map(numberLiteral).join(', ');
  const source = `SELECT ${value} AS v, ${quoteName(halfColumn)} AS half FROM ${table}`;
  // the engine has no bins without an edge
  const counted = edges.length === 0 ? '' : `, histogram(v, [${list}]) AS bins`;
  const rows = await engine.rows(
    `SELECT half, count(*) AS rows, count(v) AS known, min(v) AS low, max(v) AS high${counted} FROM (${source}) GROUP BY half`,
  );
  for (const row of rows) {
    const half = row['half'] === 0 ? 0 : 1;
    missing[half] = Number(row['rows']) - Number(row['known']);
    if (Number(row['known']) > 0) ends.push(Number(row['low']), Number(row['high']));
    const counts = entriesOf(row['bins'] ?? null);
    for (const [bin, [, count]] of counts.entries()) halves[half][bin] = count;
    if (edges.length === 0) halves[half][0] = Number(row['known']);
  }
  const [moments = {}] = await engine.rows(`SELECT avg(v) AS mean, stddev_samp(v) AS std FROM (${source}) WHERE isfinite(v)`);
  return {
    halves,
    missing,
    ends: ends.length === 0 ? null : [Math.min(...ends), Math.max(...ends)],
    mean: numberOf(moments['mean']),
    std: numberOf(moments['std']),
  };
}

/** The counts with rows without a value in a bin after the others. */
export function withMissing([first, second]: HalvedCounts, [one, other]: NumberCounts['missing']): HalvedCounts {
  return [
    [...first, one],
    [...second, other],
  ];
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

/** Of a text: digits without quotes are read as a decimal, which may be another number by its last place. */
export function numberLiteral(value: number): string {
  return `'${value}'::DOUBLE`;
}

function numberOf(cell: unknown): number | null {
  return typeof cell === 'number' ? cell : null;
}
