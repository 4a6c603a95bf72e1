import { type Engine, quoteName } from '@tidegate/runtime';

/** What is known of a column from earlier rows. */
export interface ColumnFacts {
  /** The engine's type name. */
  readonly type: string;
  readonly rows: number;
  /** Zero for a column that has no numbers; these four are rounded, so that no order of summing shows. */
  readonly mean: number;
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
  /** The value that most rows have and the one that fewest have, as text; the first in order among equals. */
  readonly frequent: string;
  readonly rare: string;
}

export async function columnFacts(engine: Engine, table: string, column: string): Promise<ColumnFacts> {
  const name = quoteName(column);
  const [described] = await engine.describe(`SELECT ${name} FROM ${table}`);
  const type = described?.type ?? 'VARCHAR';
  const value = isNumber(type) ? `${name}::DOUBLE` : 'NULL::DOUBLE';
  const [moments = {}] = await engine.rows(
    `SELECT count(*) AS rows, avg(v) AS mean, stddev_samp(v) AS deviation, min(v) AS low, max(v) AS high
     FROM (SELECT ${value} AS v FROM ${table} ORDER BY ALL)`,
  );
  const counted = await engine.rows(
    `SELECT CAST(${name} AS VARCHAR) AS v, count(*) AS n FROM ${table} WHERE ${name} IS NOT NULL GROUP BY v ORDER BY n DESC, v`,
  );
  const number = (cell: unknown): number => Number(Number(cell ?? 0).toPrecision(4));
  return {
    type,
    rows: Number(moments['rows']),
    mean: number(moments['mean']),
    deviation: number(moments['deviation']),
    min: Number(moments['low'] ?? 0),
    max: Number(moments['high'] ?? 0),
    frequent: String(counted[0]?.['v'] ?? ''),
    rare: String(counted.at(-1)?.['v'] ?? ''),
  };
}

export function isInteger(type: string): boolean {
  return /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type);
}

export function isNumber(type: string): boolean {
  return isInteger(type) || /^(DOUBLE|FLOAT|DECIMAL)/.test(type);
}
