import type { LogicalType } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';
import { halfColumn } from './count-columns.ts';
import { windowColumn } from './usual-distance.ts';

/** Rows that are compared with others. */
export interface DriftSide {
  /** SELECT of all rows. */
  readonly sql: string;
  readonly columns: readonly DriftColumn[];
  /** Column with the event time; null when there is none. */
  readonly time: string | null;
}

export interface DriftColumn {
  readonly name: string;
  readonly type: LogicalType;
  /** Whether its values must not be shown. */
  readonly personal: boolean;
}

/** Column of a side with the seconds since the former event; NULL without an event time. */
export const gapColumn = 'tidegate.gap';

/** When the events of rows were, in milliseconds; null without an event time, or without any. */
export interface EventSpan {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** SQL of the event time in milliseconds. */
export function momentSql(time: string): string {
  return `epoch_ms(TRY_CAST(${quoteName(time)} AS TIMESTAMP))`;
}

/** When the first and the last event of rows was. */
export async function eventSpan(engine: Engine, { sql, time }: Pick<DriftSide, 'sql' | 'time'>): Promise<EventSpan | null> {
  if (time === null) return null;
  const moment = momentSql(time);
  const [found = {}] = await engine.rows(`SELECT min(${moment}) AS first, max(${moment}) AS last FROM (${sql})`);
  if (found['first'] === null || found['first'] === undefined) return null;
  return { fromMs: Number(found['first']), untilMs: Number(found['last']) };
}

export interface HeldRows {
  /** Name of the table that is made. */
  readonly table: string;
  readonly side: DriftSide;
  /** Condition of the rows that are kept. */
  readonly where: string;
  /** Windows of time one after another, numbered; null for none. */
  readonly windows: { readonly fromMs: number; readonly untilMs: number; readonly ms: number } | null;
}

/** Of more rows than these, columns are read from their files one by one, as often as they are needed, in the place of all of them into memory. */
export const mostHeldRows = 1_000_000;

/** Windows of the reference that are looked at. */
const mostWindows = 2000;

/**
 * Reads rows into a table of the engine, with {@link halfColumn}, {@link windowColumn} and {@link gapColumn}. Halves are drawn by a hash of the row's place,
 * so that no order of the rows, such as every second one being of another kind, makes the halves differ. Of very many rows of Parquet files the table is
 * a view, and their gaps are in {@link gapsOf}.
 *
 * @returns how many rows there are
 */
export async function holdRows(engine: Engine, { table, side: { sql, columns, time }, where, windows }: HeldRows): Promise<number> {
  const own = columns.map(({ name }) => quoteName(name));
  const rows = `SELECT * FROM (${sql}) WHERE ${where}`;
  const count = await countOf(engine, rows);
  const gap = time === null ? 'NULL::DOUBLE' : `(${momentSql(time)} - lag(${momentSql(time)}) OVER (ORDER BY ${momentSql(time)})) / 1000.0`;
  const places = [
    `(hash(row_number() OVER ()) % 2)::INT AS ${quoteName(halfColumn)}`,
    `${windowSql(time, windows)} AS ${quoteName(windowColumn)}`,
  ];
  const gaps = `${gap} AS ${quoteName(gapColumn)}`;
  const isView = count > mostHeldRows && !/\bread_(csv|json)/.test(sql);
  if (!isView) {
    await engine.run(`CREATE OR REPLACE TEMP TABLE ${quoteName(table)} AS SELECT ${[...own, ...places, gaps].join(', ')} FROM (${rows})`);
    await engine.run(`CREATE OR REPLACE TEMP VIEW ${quoteName(gapsOf(table))} AS SELECT * FROM ${quoteName(table)}`);
    return count;
  }
  // an engine that is asked for one column of the view reads no other, but would sort the rows for their gaps each time
  await engine.run(`CREATE OR REPLACE TEMP VIEW ${quoteName(table)} AS SELECT ${[...own, ...places].join(', ')} FROM (${rows})`);
  if (time !== null)
    await engine.run(`CREATE OR REPLACE TEMP TABLE ${quoteName(gapsOf(table))} AS SELECT ${[...places, gaps].join(', ')} FROM (${rows})`);
  return count;
}

/** The relation that has {@link gapColumn} of the rows of a held table. */
export function gapsOf(table: string): string {
  return `${table}_gaps`;
}

async function countOf(engine: Engine, rows: string): Promise<number> {
  const [counted = {}] = await engine.rows(`SELECT count(*) AS rows FROM (${rows})`);
  return Number(counted['rows']);
}

function windowSql(time: string | null, windows: HeldRows['windows']): string {
  if (time === null || windows === null) return 'NULL::INT';
  const whole = Math.floor((windows.untilMs - windows.fromMs) / windows.ms);
  const number = `((${momentSql(time)} - ${windows.fromMs}) // ${windows.ms})`;
  // of very many short windows some are enough to know what is usual
  const step = Math.max(1, Math.ceil(whole / mostWindows));
  return `CASE WHEN ${number} < ${whole} AND ${number} % ${step} = 0 THEN ${number} END`;
}
