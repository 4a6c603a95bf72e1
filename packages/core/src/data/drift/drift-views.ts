import type { DriftView, LogicalType } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';
import { numberSql } from './count-columns.ts';
import { type DriftColumn, type DriftSide, eventSpan, gapColumn } from './drift-side.ts';
import { isCounter } from './is-counter.ts';

/** One thing that is compared of a column. */
export interface ColumnView {
  readonly column: DriftColumn;
  readonly view: DriftView;
  /** SQL of the value in the table of either side. */
  readonly value: string;
  /** What the values are counted as: numbers by size, anything else as classes. */
  readonly countedAs: LogicalType;
}

export interface ChosenViews {
  readonly views: readonly ColumnView[];
  readonly leftOut: readonly { readonly column: string; readonly reason: string }[];
}

const dayMs = 86_400_000;

export interface ViewRequest {
  readonly before: DriftSide;
  readonly after: DriftSide;
  readonly ignore: readonly string[];
  readonly rows: { readonly before: number; readonly after: number };
}

/**
 * What is compared of the columns that both sides have. Times move on by themselves, so of them only what comes round is: hours of the day over at least a
 * day, weekdays over at least two weeks; and of the event time how long after the former event one comes.
 */
export async function chooseViews(engine: Engine, { before, after, ignore, rows }: ViewRequest): Promise<ChosenViews> {
  const theirs = new Map(after.columns.map((column) => [column.name, column]));
  const known = new Set(before.columns.map(({ name }) => name));
  const views: ColumnView[] = [];
  const leftOut: { column: string; reason: string }[] = [];
  for (const column of before.columns) {
    const now = theirs.get(column.name);
    if (ignore.includes(column.name)) leftOut.push({ column: column.name, reason: 'it is not to be looked at' });
    else if (isMoment(column.type) && now !== undefined && isMoment(now.type)) {
      const found = await viewsOfTimes(engine, column, { before, after });
      views.push(...found);
      if (found.length === 0)
        leftOut.push({ column: column.name, reason: 'its times cover less than a day, in which nothing comes round' });
    } else if (column.type === 'object' || column.type === 'array')
      leftOut.push({ column: column.name, reason: `nothing is counted of type ${column.type}` });
    else if (column.type === 'integer' && (await isCounter(engine, { column: column.name, before, after, rows })))
      leftOut.push({ column: column.name, reason: 'each row has another whole number in it, as a name does' });
    else views.push({ column, view: 'values', value: valueOf(column), countedAs: column.type });
  }
  for (const { name } of after.columns) if (!known.has(name)) leftOut.push({ column: name, reason: 'the reference has no such column' });
  return { views, leftOut };
}

function valueOf({ name, type }: DriftColumn): string {
  return type === 'integer' || type === 'number' ? numberSql(name) : `CAST(${quoteName(name)} AS VARCHAR)`;
}

export function isMoment(type: LogicalType): boolean {
  return type === 'date' || type === 'timestamp' || type === 'time';
}

async function viewsOfTimes(
  engine: Engine,
  column: DriftColumn,
  { before, after }: { readonly before: DriftSide; readonly after: DriftSide },
): Promise<readonly ColumnView[]> {
  const { name, type } = column;
  const classes = (view: DriftView, value: string): ColumnView => ({ column, view, value, countedAs: 'string' });
  const hour = `lpad(CAST(hour(${quoteName(name)}) AS VARCHAR), 2, '0')`;
  if (type === 'time') return [classes('hour of day', hour)];
  const spans = [await eventSpan(engine, { sql: before.sql, time: name }), await eventSpan(engine, { sql: after.sql, time: name })];
  const leastMs = Math.min(...spans.map((span) => (span === null ? 0 : span.untilMs - span.fromMs)));
  const days = "['1 Monday', '2 Tuesday', '3 Wednesday', '4 Thursday', '5 Friday', '6 Saturday', '7 Sunday']";
  const moment = `TRY_CAST(${quoteName(name)} AS TIMESTAMP)`;
  return [
    ...(type === 'timestamp' && leastMs >= dayMs ? [classes('hour of day', hour)] : []),
    ...(leastMs >= 14 * dayMs ? [classes('weekday', `list_extract(${days}, isodow(${moment}))`)] : []),
    ...(name === before.time && name === after.time && type === 'timestamp'
      ? [{ column, view: 'gap', value: numberSql(gapColumn), countedAs: 'number' } as const]
      : []),
  ];
}
