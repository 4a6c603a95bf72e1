import { type Engine, quoteName } from '@tidegate/runtime';
import type { DriftSide, EventSpan } from './drift-side.ts';

const dayMs = 86_400_000;

/** A cycle that data follows, of which a short sample sees a part only. */
interface Cycle {
  /** SQL of the phase of a time `t`, and of the period that it is in. */
  readonly phase: string;
  readonly period: string;
  /** Samples over a shorter time than this may see a part only. */
  readonly lengthMs: number;
  /** Periods of the reference that must have these phases, so that their rows tell what is usual then. */
  readonly least: number;
  readonly phaseName: string;
  readonly periodName: string;
}

const cycles: readonly Cycle[] = [
  { phase: 'hour(t)', period: "date_trunc('day', t)", lengthMs: dayMs, least: 4, phaseName: 'hours of the day', periodName: 'days' },
  { phase: 'isodow(t)', period: "date_trunc('week', t)", lengthMs: 7 * dayMs, least: 4, phaseName: 'weekdays', periodName: 'weeks' },
  { phase: 'month(t)', period: "date_trunc('year', t)", lengthMs: 330 * dayMs, least: 2, phaseName: 'months', periodName: 'years' },
];

export interface Season {
  /** Condition of the rows of the reference that are of the same season as the current ones. */
  readonly where: string;
  /** What was done, or cannot be told, a sentence each. */
  readonly sentences: readonly string[];
}

/**
 * Which rows of a reference are of the same hours, weekdays and months as rows that cover only some of them: a Sunday is compared with Sundays. Rows over a whole
 * cycle are compared with all rows: an hour that is missing then is a change and no season.
 */
export async function sameSeason(
  engine: Engine,
  { before, after, span }: { readonly before: DriftSide; readonly after: DriftSide; readonly span: EventSpan | null },
): Promise<Season> {
  if (before.time === null || after.time === null || span === null) return { where: 'true', sentences: [] };
  const conditions: string[] = [];
  const sentences: string[] = [];
  for (const cycle of cycles.filter(({ lengthMs }) => span.untilMs - span.fromMs < lengthMs)) {
    const phases = await phasesOf(engine, cycle, after);
    const list = phases.join(', ');
    const [found = {}] = await engine.rows(
      `SELECT count(DISTINCT ${cycle.period}) FILTER (p IN (${list})) AS same, count(*) FILTER (p NOT IN (${list})) AS others, count(DISTINCT ${cycle.period}) AS periods
       FROM (SELECT ${cycle.phase} AS p, t FROM (SELECT ${timeSql(before.time)} AS t FROM (${before.sql})) WHERE t IS NOT NULL)`,
    );
    const [same, others, periods] = [Number(found['same']), Number(found['others']), Number(found['periods'])];
    if (others === 0 && periods >= cycle.least) continue;
    if (same >= cycle.least && others > 0) {
      conditions.push(`${phaseOf(cycle, before.time)} IN (${list})`);
      sentences.push(`Compared with rows of the same ${cycle.phaseName}, which the reference has of ${same} ${periodWord(cycle, same)}`);
    } else
      sentences.push(
        `A season cannot be told from drift by ${cycle.phaseName}: the reference has the same ones of ${same} ${periodWord(cycle, same)}, ${cycle.least} are needed`,
      );
  }
  return { where: conditions.length === 0 ? 'true' : conditions.join(' AND '), sentences };
}

function periodWord({ periodName }: Cycle, count: number): string {
  return count === 1 ? periodName.replace(/s$/, '') : periodName;
}

async function phasesOf(engine: Engine, cycle: Cycle, { sql, time }: DriftSide): Promise<readonly number[]> {
  const rows = await engine.rows(
    `SELECT DISTINCT ${cycle.phase} AS p FROM (SELECT ${timeSql(time ?? '')} AS t FROM (${sql})) WHERE t IS NOT NULL ORDER BY p`,
  );
  return rows.map((row) => Number(row['p']));
}

function phaseOf({ phase }: Cycle, time: string): string {
  return phase.replace('(t)', `(${timeSql(time)})`);
}

function timeSql(time: string): string {
  return `TRY_CAST(${quoteName(time)} AS TIMESTAMP)`;
}
