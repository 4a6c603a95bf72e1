import { type CheckResult, type Json, unreachable, type Verdict } from '@tidegate/formats';
import type { Cell } from '@tidegate/runtime';
import type { Check, Measure, Words } from './check.ts';
import type { Limit } from '../contract/data-contract.ts';
import { personalValue } from './example-rows.ts';
import { holds, limitInWords } from './limit.ts';
import { countName, edgeNames, type Measurement, proofName } from './measurement.ts';
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
    if (measure.window !== undefined) return [];
    const extreme = measure.extreme === null ? [] : [`${measure.extreme.sql} AS k${index}_x`];
    const { bad, count = `count_if(${bad})`, proof } = measure;
    return [proof === undefined ? `${count} AS ${countName(index)}` : `${proof} AS ${proofName(index)}`, ...extreme];
  }
  const [column, ...more] = measure.kind === 'repeats' ? measure.columns : [];
  if (column?.type !== 'integer' || more.length > 0) return [];
  const [low, high] = edgeNames(index);
  return [`min(${column.sql}) AS ${low}`, `max(${column.sql}) AS ${high}`];
}

export function verdictOf(measure: Measure, measurement: Measurement): Verdict {
  if (measure.kind === 'known') return measure.verdict;
  if (measure.kind === 'items') return verdictOf(measure.of, ofItems(measurement));
  const { rows, found, groups = 0 } = measurement;
  if (Number.isNaN(found)) return 'inconclusive';
  const number = measure.kind === 'count' ? rows : found;
  const isShare = measure.limit.unit === 'percent' && (measure.kind === 'query' ? measure.words !== undefined : measure.kind !== 'number');
  return holds(measure.limit, isShare ? percent(number, measure.kind === 'groups' ? groups : rows) : number) ? 'pass' : 'fail';
}

/** `examples` are rows for a check that failed; empty otherwise. */
export function findingOf(check: Check, measurement: Measurement, examples: CheckResult['examples']): Finding {
  const { name, column, promise, dimension, severity, measure } = check;
  const verdict = verdictOf(measure, measurement);
  const countsRows = measure.kind === 'rows' || measure.kind === 'repeats' || (measure.kind === 'query' && measure.words !== undefined);
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

/** Items stand in the place of rows. */
function ofItems(measurement: Measurement): Measurement {
  return { ...measurement, rows: measurement.items ?? 0 };
}

function measuredOf(measure: Measure, measurement: Measurement): Json {
  const { rows, found, extreme, groups = 0 } = measurement;
  switch (measure.kind) {
    case 'items':
      return measuredOf(measure.of, ofItems(measurement));
    case 'known':
      return measure.measured;
    case 'rows':
      return measure.extreme === null ? found : { rows: found, [measure.extreme.word]: extreme };
    case 'repeats':
    case 'query':
      return found;
    case 'number':
      return Number.isNaN(found) || measure.isHidden ? null : found;
    case 'groups':
      return { groups: found, of: groups };
    case 'count':
      return rows;
    default:
      return unreachable(measure);
  }
}

interface Sentence {
  /** What is counted. Default: rows. */
  readonly counted?: 'rows' | 'items';
  readonly measurement: Measurement;
  readonly verdict: Verdict;
  /** A value that breaks the promise, as text. */
  readonly instance: string | null;
}

function sentence(measure: Measure, { measurement, verdict, instance, counted = 'rows' }: Sentence): string {
  const { rows, found, extreme, groups = 0, fault } = measurement;
  switch (measure.kind) {
    case 'known':
      return measure.finding;
    case 'number':
      if (Number.isNaN(found)) return fault ?? 'there is nothing to measure';
      if (measure.isHidden) return verdict === 'pass' ? 'it is' : 'it is not';
      return `it is ${numberText(found)}${measure.unit === 'percent' ? ' percent' : ''}`;
    case 'groups': {
      const said = instance !== null && found > 0 ? `, for instance ${instance}` : '';
      const share = measure.limit.unit === 'percent' ? ` (${numberText(percent(found, groups))} percent)` : '';
      return `${found} of ${groups} groups ${found === 1 ? measure.words.one : measure.words.many}${share}${said}`;
    }
    case 'count':
      return `${rows} were found`;
    case 'items':
      return sentence(measure.of, { measurement: ofItems(measurement), verdict, instance: null, counted: 'items' });
    case 'query':
      if (measure.words !== undefined) {
        const said = measure.words.instance && instance !== null && found > 0 ? `, for instance ${instance}` : '';
        return `${rowsText(measurement, measure.words)}${shareText(measure.limit, measurement)}${said}`;
      }
      return `it gives ${numberText(found)}${verdict === 'pass' ? '' : `, which is not ${limitInWords(measure.limit)}`}`;
    case 'rows': {
      const tail = measure.extreme === null || extreme === null ? '' : `, ${measure.extreme.word} ${textOf(extreme)}`;
      const said = measure.words.instance && instance !== null && found > 0 ? `, for instance ${instance}` : '';
      return `${rowsText(measurement, measure.words)}${shareText(measure.limit, measurement)}${tail}${said}`;
    }
    case 'repeats':
      return `${rowsText(measurement, { one: 'repeats another', many: 'repeat another', instance: false }, counted)}${shareText(measure.limit, measurement)}`;
    default:
      return unreachable(measure);
  }
}

function rowsText({ rows, found }: Measurement, words: Words, counted: 'rows' | 'items' = 'rows'): string {
  if (found === 0) return `0 of ${rows} ${counted} ${words.many}`;
  return `${found} of ${rows} ${counted} ${found === 1 ? words.one : words.many}`;
}

function shareText({ unit }: Limit, { rows, found }: Measurement): string {
  return unit === 'percent' ? ` (${numberText(percent(found, rows))} percent)` : '';
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
