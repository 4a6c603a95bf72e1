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

/** Windows of the reference that are looked at. */
const mostWindows = 2000;

/**
 * Reads rows into a table of the engine, with {@link halfColumn}, {@link windowColumn} and {@link gapColumn}. Halves are drawn by a hash of the row's place,
 * so that no order of the rows, such as every second one being of another kind, makes the halves differ.
 *
 * @returns how many rows there are
 */
export async function holdRows(engine: Engine, { table, side: { sql, columns, time }, where, windows }: HeldRows): Promise<number> {
  const own = columns.map(({ name }) => quoteName(name));
  const gap = time === null ? 'NULL::DOUBLE' : `(${momentSql(time)} - lag(${momentSql(time)}) OVER (ORDER BY ${momentSql(time)})) / 1000.0`;
  const extra = [
    `(hash(row_number() OVER ()) % 2)::INT AS ${quoteName(halfColumn)}`,
    `${windowSql(time, windows)} AS ${quoteName(windowColumn)}`,
    `${gap} AS ${quoteName(gapColumn)}`,
  ];
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE ${quoteName(table)} AS SELECT ${[...own, ...extra].join(', ')} FROM (SELECT * FROM (${sql}) WHERE ${where})`,
  );
  const [counted = {}] = await engine.rows(`SELECT count(*) AS rows FROM ${quoteName(table)}`);
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
