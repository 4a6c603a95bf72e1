import type { LogicalType } from '@tidegate/formats';
import { quoteText } from '@tidegate/runtime';
import type { Literal } from '../contract/literal.ts';

/** A number as SQL: exact when whole, else floating-point (the engine would read a decimal and could overflow comparing it). */
export function numberSql(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : `${value.toExponential()}::DOUBLE`;
}

/** An ISO 8601 moment as SQL; one without an offset is in UTC. */
export function momentSql(value: string, type: LogicalType): string {
  if (type === 'date') return `DATE ${quoteText(value)}`;
  if (type === 'time') return `TIME ${quoteText(value.length === 5 ? `${value}:00` : value)}`;
  const hasTime = /[T ]/.test(value);
  const utc = new Date(!hasTime || /(Z|[+-]\d{2}:\d{2})$/.test(value) ? value : `${value.replace(' ', 'T')}Z`);
  return `TIMESTAMP ${quoteText(utc.toISOString().slice(0, 23).replace('T', ' '))}`;
}

/** A function is asked once for each value that a column's dictionary has, and IN once for each row; of more values IN makes a hash table. */
const fewValues = 64;

/** SQL that is true when a value of a column of the type is one of these; never NULL. */
export function isOneOf(sql: string, type: LogicalType, literals: readonly Literal[]): string {
  const values = literals.flatMap((literal) => literalSql(literal, type));
  if (values.length === 0) return 'false';
  const [value, list] = [sqlForComparison(sql, type), values.join(', ')];
  return `coalesce(${values.length > fewValues ? `${value} IN (${list})` : `list_contains([${list}], ${value})`}, false)`;
}

function sqlForComparison(sql: string, type: LogicalType): string {
  return type === 'object' || type === 'array' ? `CAST(${sql} AS VARCHAR)` : sql;
}

/** Nothing when the literal cannot be a value of the type. */
function literalSql(literal: Literal, type: LogicalType): readonly string[] {
  if (literal === null) return [];
  switch (type) {
    case 'integer':
    case 'number': {
      const value = typeof literal === 'string' && literal.trim() === '' ? Number.NaN : Number(literal);
      return typeof literal === 'boolean' || !Number.isFinite(value) ? [] : [numberSql(value)];
    }
    case 'boolean':
      return ['true', 'false'].includes(String(literal)) ? [String(literal)] : [];
    case 'date':
      return [`try_cast(${quoteText(String(literal))} AS DATE)`];
    case 'time':
      return [`try_cast(${quoteText(String(literal))} AS TIME)`];
    case 'timestamp':
      return [`try_cast(${quoteText(String(literal))} AS TIMESTAMPTZ)::TIMESTAMP`];
    case 'string':
    case 'object':
    case 'array':
      return [quoteText(String(literal))];
  }
}
