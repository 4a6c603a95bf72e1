import { type CheckResult, type Json, unreachable, type Verdict } from '@tidegate/formats';
import type { Cell, Row } from '@tidegate/runtime';
import type { Check, Measure, Words } from './check.ts';
import { personalValue } from './example-rows.ts';
import { holds, limitInWords } from './limit.ts';
import { tuple } from './tuple.ts';
import { cellText } from '../read/cell-text.ts';

/** What a check found, as the record has it and in one sentence. */
export interface Finding {
  readonly result: CheckResult;
  /** One sentence with the numbers, without a final period. */
  readonly reason: string;
}

/** Aggregates that the first scan must hold for a check; `index` is its place among the checks. */
export function checkAggregates({ measure }: Check, index: number): readonly string[] {
  if (measure.kind === 'rows') {
    const extreme = measure.extreme === null ? [] : [`${measure.extreme.sql} AS k${index}_x`];
    return [`count(*) FILTER (WHERE ${measure.bad}) AS k${index}_n`, ...extreme];
  }
  if (measure.kind !== 'repeats') return [];
  const { one, present } = tuple(measure.columns);
  return [`count(*) FILTER (WHERE ${present}) - count(DISTINCT ${one}) FILTER (WHERE ${present}) AS k${index}_n`];
}

/** What was measured of a check. */
export interface Measurement {
  readonly rows: number;
  /** Bad rows; for a query the number it gave. */
  readonly found: number;
  readonly extreme: Cell;
}

export function readMeasurement(index: number, row: Row, rows: number): Measurement {
  return { rows, found: Number(row[`k${index}_n`] ?? 0), extreme: row[`k${index}_x`] ?? null };
}

export function verdictOf(measure: Measure, { rows, found }: Measurement): Verdict {
  if (measure.kind === 'known') return measure.verdict;
  const number = measure.kind === 'count' ? rows : found;
  return holds(measure.limit, measure.limit.unit === 'percent' && measure.kind !== 'query' ? percent(number, rows) : number)
    ? 'pass'
    : 'fail';
}

/** `examples` are rows for a check that failed; empty otherwise. */
export function findingOf(check: Check, measurement: Measurement, examples: CheckResult['examples']): Finding {
  const { name, column, promise, dimension, severity, measure } = check;
  const verdict = verdictOf(measure, measurement);
  const countsRows = measure.kind === 'rows' || measure.kind === 'repeats';
  return {
    result: {
      name,
      column,
      promise,
      dimension,
      severity,
      verdict,
      failingRows: verdict === 'fail' && countsRows ? measurement.found : 0,
      rows: measurement.rows,
      measured: measuredOf(measure, measurement),
      examples,
    },
    reason: `${promise}: ${sentence(measure, { measurement, verdict, instance: instanceOf(check, examples) })}`,
  };
}

function measuredOf(measure: Measure, { rows, found, extreme }: Measurement): Json {
  switch (measure.kind) {
    case 'known':
      return measure.measured;
    case 'rows':
      return measure.extreme === null ? found : { rows: found, [measure.extreme.word]: extreme };
    case 'repeats':
    case 'query':
      return found;
    case 'count':
      return rows;
    default:
      return unreachable(measure);
  }
}

interface Sentence {
  readonly measurement: Measurement;
  readonly verdict: Verdict;
  /** A value that breaks the promise, as text. */
  readonly instance: string | null;
}

function sentence(measure: Measure, { measurement, verdict, instance }: Sentence): string {
  const { rows, found, extreme } = measurement;
  switch (measure.kind) {
    case 'known':
      return measure.finding;
    case 'count':
      return `${rows} were found`;
    case 'query':
      return `it gives ${numberText(found)}${verdict === 'pass' ? '' : `, which is not ${limitInWords(measure.limit)}`}`;
    case 'rows': {
      const tail = measure.extreme === null || extreme === null ? '' : `, ${measure.extreme.word} ${textOf(extreme)}`;
      const said = measure.words.instance && instance !== null && found > 0 ? `, for instance ${instance}` : '';
      return `${rowsText(measurement, measure.words)}${shareText(measure, measurement)}${tail}${said}`;
    }
    case 'repeats':
      return `${rowsText(measurement, { one: 'repeats another', many: 'repeat another', instance: false })}${shareText(measure, measurement)}`;
    default:
      return unreachable(measure);
  }
}

function rowsText({ rows, found }: Measurement, words: Words): string {
  if (found === 0) return `0 of ${rows} rows ${words.many}`;
  return `${found} of ${rows} rows ${found === 1 ? words.one : words.many}`;
}

function shareText(measure: Extract<Measure, { readonly kind: 'rows' | 'repeats' }>, { rows, found }: Measurement): string {
  return measure.limit.unit === 'percent' ? ` (${numberText(percent(found, rows))} percent)` : '';
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}

function numberText(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function textOf(value: Cell): string {
  return typeof value === 'number' ? numberText(value) : cellText(value);
}

function instanceOf({ shows }: Check, examples: CheckResult['examples']): string | null {
  const [shown] = shows;
  const value = shown === undefined ? undefined : examples[0]?.[shown.name];
  return value === undefined || value === null || value === personalValue ? null : JSON.stringify(value);
}
