import type { Cell, Engine, Row } from '@tidegate/runtime';
import type { RowsNaming } from '../profile/measured-rows.ts';
import type { Check, Measure } from './check.ts';
import { windowColumn } from './check.ts';
import { groupsSql } from './example-rows.ts';
import { measureItems } from './measure-items.ts';
import { countName, type Measurement } from './measurement.ts';

/** The aggregate of a `number` check for the first scan, named by the place of the check. */
export function numberAggregates({ measure }: Check, index: number): readonly string[] {
  return measure.kind === 'number' ? [numberAggregate(measure.aggregate, index)] : [];
}

function numberAggregate(aggregate: string, index: number): string {
  return `CAST(${aggregate} AS DOUBLE) AS ${countName(index)}`;
}

/**
 * What the first scan cannot tell: numbers, whose aggregates stand in `first` where the engine could compute all of them and are asked for one by one where it could
 * not (a sum may leave the range of numbers); rows judged by those around them, all in one scan; and items of lists and groups, a scan each.
 */
export async function withFurther(
  engine: Engine,
  {
    checks,
    measurements,
    rows,
    first,
  }: { readonly checks: readonly Check[]; readonly measurements: readonly Measurement[]; readonly rows: RowsNaming; readonly first: Row },
): Promise<readonly Measurement[]> {
  const windows = await windowCounts(engine, checks, rows);
  const measured: Measurement[] = [];
  for (const [index, measurement] of measurements.entries()) measured.push({ ...measurement, ...(await further(index)) });
  return measured;

  async function further(index: number): Promise<Partial<Measurement>> {
    const measure = checks[index]?.measure;
    if (measure?.kind === 'number') return numberOf(engine, { aggregate: measure.aggregate, index, rows, first });
    if (measure?.kind === 'items') return measureItems(engine, measure, rows);
    if (measure?.kind === 'groups') return groupCounts(engine, measure, rows);
    return measure !== undefined && isWindowed(measure) ? { found: Number(windows[countName(index)] ?? 0) } : {};
  }
}

const isWindowed = (measure: Measure): measure is Extract<Measure, { readonly kind: 'rows' }> & { readonly window: string } =>
  measure.kind === 'rows' && measure.window !== undefined;

async function windowCounts(engine: Engine, checks: readonly Check[], rows: RowsNaming): Promise<Row> {
  const windows: string[] = [];
  const counts: string[] = [];
  const own = new RegExp(`\\b${windowColumn}\\b`, 'g');
  for (const [index, { measure }] of checks.entries()) {
    if (!isWindowed(measure)) continue;
    windows.push(`${measure.window} AS ${windowColumn}${index}`);
    counts.push(`count(*) FILTER (WHERE ${measure.bad.replaceAll(own, `${windowColumn}${index}`)}) AS ${countName(index)}`);
  }
  if (counts.length === 0) return {};
  const [row = {}] = await engine.rows(
    `SELECT ${counts.join(', ')} FROM (SELECT *, ${windows.join(', ')} FROM (${rows(...counts, ...windows)}))`,
  );
  return row;
}

async function groupCounts(
  engine: Engine,
  measure: Extract<Measure, { readonly kind: 'groups' }>,
  rows: RowsNaming,
): Promise<Partial<Measurement>> {
  const [row = {}] = await engine.rows(
    `SELECT count(*) AS groups, count(*) FILTER (WHERE ${measure.bad}) AS bad FROM (${groupsSql(measure, rows)})`,
  );
  return { found: Number(row['bad'] ?? 0), groups: Number(row['groups'] ?? 0) };
}

async function numberOf(
  engine: Engine,
  { aggregate, index, rows, first }: { readonly aggregate: string; readonly index: number; readonly rows: RowsNaming; readonly first: Row },
): Promise<Partial<Measurement>> {
  const name = countName(index);
  if (Object.hasOwn(first, name)) return numeric(first[name] ?? null);
  try {
    const [row = {}] = await engine.rows(`SELECT ${numberAggregate(aggregate, index)} FROM (${rows(aggregate)})`);
    return numeric(row[name] ?? null);
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    if (!/out of range|overflow/i.test(line)) throw error;
    return { found: Number.NaN, fault: 'it cannot be measured, for it leaves the range of numbers' };
  }
}

function numeric(cell: Cell): Partial<Measurement> {
  const value = cell === null ? Number.NaN : Number(cell);
  return { found: Number.isFinite(value) ? value : Number.NaN };
}
