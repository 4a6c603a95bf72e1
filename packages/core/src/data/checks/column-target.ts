import type { LogicalType } from '@tidegate/formats';
import { type ContractColumn, noRows } from '../contract/data-contract.ts';
import type { MeasuredColumn } from '../profile/measured-rows.ts';
import { fromText, isMissing, textTypeOf } from '../read/text-type.ts';
import type { Check, Measure, ShownColumn, Words } from './check.ts';

/** A promised column that is there: how checks name its values. */
export interface ColumnTarget {
  readonly name: string;
  readonly promised: ContractColumn;
  /** SQL of its value, of the type {@link ColumnTarget.type}. */
  readonly sql: string;
  readonly type: LogicalType;
  /** SQL that is true where it has no value. */
  readonly missing: string;
  /** The number of rows where it has none, as an aggregate; null where only {@link ColumnTarget.missing} tells. */
  readonly countMissing: string | null;
  /** The column as an example row shows it. */
  readonly shown: ShownColumn;
  /** Whether values have the promised type, and how that is measured; null when no type is promised. */
  readonly typeMeasure: Measure | null;
  readonly personal: boolean;
}

/** How a column that is there stands to what is promised of it. */
export function targetOf(promised: ContractColumn, measured: MeasuredColumn): ColumnTarget {
  const { column, sql, personal } = measured;
  const shown = { name: column.name, sql, type: column.type };
  const target = {
    name: column.name,
    promised,
    sql,
    type: column.type,
    missing: `${sql} IS NULL`,
    countMissing: `count(*) - count(${sql})`,
    shown,
    personal,
  };
  const wanted = promised.logicalType;
  if (wanted === null) return { ...target, typeMeasure: null };
  if (column.textType !== null && textTypeOf(wanted) === column.textType && wanted !== 'object' && wanted !== 'array') {
    const cell = sql.replace(/^v/, 'c');
    if (column.textType === 'VARCHAR') return { ...target, typeMeasure: ofType(column.type, column.physicalType) };
    const bad = `NOT ${isMissing(cell)} AND ${sql} IS NULL`;
    return {
      ...target,
      missing: isMissing(cell),
      countMissing: null,
      shown: { name: column.name, sql: cell, type: 'string' },
      typeMeasure: rowsOfType(bad),
    };
  }
  if (wanted === 'object' && column.physicalType === 'JSON') return { ...target, typeMeasure: rowsOfType(`json_type(${sql}) <> 'OBJECT'`) };
  if (wanted === column.type || (wanted === 'number' && column.type === 'integer') || (wanted === 'timestamp' && column.type === 'date'))
    return { ...target, typeMeasure: ofType(column.type, column.physicalType) };
  const narrowed = narrowing(wanted, measured);
  if (narrowed !== null) return { ...target, typeMeasure: rowsOfType(narrowed) };
  if (column.type === 'string' && /char|text|string/i.test(promised.physicalType ?? '') && textTypeOf(wanted) !== 'VARCHAR') {
    const value = fromText(sql, textTypeOf(wanted));
    return {
      ...target,
      sql: `(${value})`,
      type: wanted,
      missing: isMissing(sql),
      countMissing: null,
      typeMeasure: rowsOfType(`NOT ${isMissing(sql)} AND ${value} IS NULL`),
    };
  }
  // MySQL has no other truth values
  if (wanted === 'boolean' && column.type === 'integer' && /^(tinyint|bit|bool)/i.test(promised.physicalType ?? ''))
    return { ...target, sql: `(${sql} <> 0)`, type: wanted, typeMeasure: rowsOfType(`${sql} NOT IN (0, 1)`) };
  const finding = `it is ${column.type} (${column.physicalType})`;
  return { ...target, typeMeasure: { kind: 'known', verdict: 'fail', measured: { found: column.type }, finding } };
}

/** The column's values, for counting repeated ones. */
export function valuesOf({ name, sql, type }: ColumnTarget): ShownColumn {
  return { name, sql, type };
}

/** Rows without a value are bad. */
export function badMissing({ missing, countMissing }: ColumnTarget): { readonly bad: string; readonly count?: string } {
  return { bad: missing, ...(countMissing !== null && { count: countMissing }) };
}

/** Whether checks of values can be measured: not when the column is of another type altogether. */
export function hasPromisedType({ typeMeasure }: ColumnTarget): boolean {
  return typeMeasure === null || typeMeasure.kind !== 'known' || typeMeasure.verdict === 'pass';
}

/** What all checks of a column have alike. */
export function checkOf(target: ColumnTarget, aspect: string): Pick<Check, 'name' | 'column' | 'severity' | 'shows'> {
  return { name: `${target.name}.${aspect}`, column: target.name, severity: 'error', shows: [target.shown] };
}

const notOfType: Words = { one: 'is not', many: 'are not', instance: true };

function rowsOfType(bad: string): Measure {
  return { kind: 'rows', bad, limit: noRows, extreme: null, words: notOfType };
}

function ofType(type: LogicalType, physicalType: string): Measure {
  return { kind: 'known', verdict: 'pass', measured: { found: type }, finding: `it is ${type} (${physicalType})` };
}

/** Types that hold the promised one and more: a whole number kept as floating-point, a date kept as a timestamp, JSON. */
function narrowing(wanted: LogicalType, { column, sql }: MeasuredColumn): string | null {
  if (wanted === 'integer' && column.type === 'number') return `NOT isfinite(${sql}) OR ${sql} <> trunc(${sql})`;
  if (wanted === 'date' && column.type === 'timestamp') return `isfinite(${sql}) AND ${sql} <> date_trunc('day', ${sql})`;
  if (column.physicalType === 'JSON' && wanted === 'array') return `json_type(${sql}) <> 'ARRAY'`;
  return null;
}
