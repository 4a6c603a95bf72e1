import { type Engine, quoteName } from '@tidegate/runtime';
import type { ColumnSurvey } from './survey.ts';

/** Spans of time of the same length that a version is cut into. */
const spans = 20;
/** The share of the variance of a column that lies between spans, from which its values follow the time. */
const movingShare = 0.1;

/**
 * Columns of numbers whose level differs from one span of time to the next by more than chance: days, counters, seasons. What was seen of them is no sample of what
 * comes next. Without an event time none can be told.
 */
export async function movingColumns(
  { engine, rows, time }: { readonly engine: Engine; readonly rows: string; readonly time: string | null },
  surveys: readonly ColumnSurvey[],
): Promise<ReadonlySet<string>> {
  const clock = surveys.find(({ column }) => column.name === time);
  const numbers = surveys.flatMap((one, index) =>
    one.profile.std !== null && one.profile.std > 0 && one.greatest.length > 0 ? [{ ...one, at: `m${index}` }] : [],
  );
  if (clock === undefined || typeof clock.profile.min !== 'string' || typeof clock.profile.max !== 'string' || numbers.length === 0)
    return new Set();
  const [first, last] = [Date.parse(clock.profile.min) / 1000, Date.parse(clock.profile.max) / 1000];
  if (!(last > first)) return new Set();
  const span = `least(${spans - 1}, floor(${spans} * (epoch(CAST(${quoteName(clock.column.name)} AS TIMESTAMP)) - ${first}) / ${last - first}))`;
  const finite = (name: string): string => `CASE WHEN isfinite(CAST(${name} AS DOUBLE)) THEN CAST(${name} AS DOUBLE) END`;
  const aggregates = numbers.flatMap(({ column, at }) => {
    const value = finite(quoteName(column.name));
    return [`count(${value}) AS ${at}_n`, `avg(${value}) AS ${at}_m`];
  });
  const found = await engine.rows(
    `SELECT ${aggregates.join(', ')} FROM (${rows}) WHERE isfinite(${quoteName(clock.column.name)}) GROUP BY ${span} ORDER BY ${span}`,
  );
  return new Set(
    numbers.flatMap(({ column, profile, at }) => {
      const groups = found.map((row) => ({ n: Number(row[`${at}_n`] ?? 0), mean: Number(row[`${at}_m`] ?? 0) })).filter(({ n }) => n > 0);
      const n = groups.reduce((sum, group) => sum + group.n, 0);
      const mean = groups.reduce((sum, group) => sum + (group.n * group.mean) / n, 0);
      const between = groups.reduce((sum, group) => sum + group.n * (group.mean - mean) ** 2, 0);
      const all = (n - 1) * (profile.std ?? 0) ** 2;
      const byChance = (groups.length - 1) / n;
      return between / all > movingShare + 3 * byChance ? [column.name] : [];
    }),
  );
}
