import { noRows } from '../contract/data-contract.ts';
import { familyOf, momentText } from '../profile/column-facts.ts';
import type { Check, Extreme, Words } from './check.ts';
import { checkOf, type ColumnTarget } from './column-target.ts';
import { matches } from './matches.ts';
import { momentSql, numberSql } from './sql-literal.ts';

/** The checks of `logicalTypeOptions`. */
export function optionChecks(target: ColumnTarget): readonly Check[] {
  const family = familyOf(target.type);
  if (family === 'number') return [...boundChecks(target), ...multipleCheck(target), ...integerFormat(target)];
  if (family === 'moment') return boundChecks(target);
  if (family === 'text') return textChecks(target);
  return target.type === 'array' ? listChecks(target) : [];
}

interface Statement {
  readonly aspect: string;
  /** After the column's name: `is at most 5000`. */
  readonly says: string;
  readonly bad: string;
  readonly proof?: string;
  readonly words: Words;
  readonly extreme?: Extreme | null;
  readonly dimension?: Check['dimension'];
}

function statement(target: ColumnTarget, { aspect, says, bad, proof, words, extreme = null, dimension = 'conformity' }: Statement): Check {
  const shown = target.personal ? null : extreme;
  const measure = { kind: 'rows', bad, limit: noRows, extreme: shown, words, ...(proof !== undefined && { proof }) } as const;
  return { ...checkOf(target, aspect), promise: `${target.name} ${says}`, dimension, measure };
}

const above: Words = { one: 'is above', many: 'are above', instance: false };
const below: Words = { one: 'is below', many: 'are below', instance: false };
const otherwise: Words = { one: 'is not', many: 'are not', instance: true };

const bounds = [
  { option: 'minimum', aspect: 'minimum', holds: '>=', says: 'at least', words: below, side: 'low' },
  {
    option: 'exclusiveMinimum',
    aspect: 'exclusive_minimum',
    holds: '>',
    says: 'above',
    words: { ...below, one: 'is not', many: 'are not' },
    side: 'low',
  },
  { option: 'maximum', aspect: 'maximum', holds: '<=', says: 'at most', words: above, side: 'high' },
  {
    option: 'exclusiveMaximum',
    aspect: 'exclusive_maximum',
    holds: '<',
    says: 'below',
    words: { ...above, one: 'is not', many: 'are not' },
    side: 'high',
  },
] as const;

function boundChecks(target: ColumnTarget): readonly Check[] {
  return bounds.flatMap(({ option, aspect, holds, says, words, side }) => {
    const bound = target.promised.options[option];
    if (bound === undefined) return [];
    const literal = typeof bound === 'number' ? numberSql(bound) : momentSql(bound, target.type);
    const bad = `NOT (${target.sql} ${holds} ${literal})`;
    const proof = `coalesce(${side === 'low' ? 'min' : 'max'}(${target.sql}) ${holds} ${literal}, true)`;
    const extreme = extremeOf(target, side);
    return [statement(target, { aspect, says: `is ${says} ${bound}`, bad, proof, words, extreme, dimension: 'accuracy' })];
  });
}

function extremeOf({ sql, type }: ColumnTarget, side: 'low' | 'high'): Extreme {
  const aggregate = `${side === 'low' ? 'min' : 'max'}(${sql})`;
  if (familyOf(type) !== 'moment') return { word: side === 'low' ? 'smallest' : 'largest', sql: aggregate };
  return { word: side === 'low' ? 'earliest' : 'latest', sql: momentText(type, aggregate, sql) };
}

function multipleCheck(target: ColumnTarget): readonly Check[] {
  const { multipleOf } = target.promised.options;
  if (multipleOf === undefined) return [];
  const ratio = `(${target.sql} / ${multipleOf.toExponential()}::DOUBLE)`;
  const isExact = target.type === 'integer' && Number.isSafeInteger(multipleOf);
  // 0.3 is three times 0.1 for people, and not quite for floating-point numbers
  const bad = isExact ? `${target.sql} % ${multipleOf} <> 0` : `abs(${ratio} - round(${ratio})) > 1e-9 * greatest(1, abs(${ratio}))`;
  return [statement(target, { aspect: 'multiple_of', says: `is a multiple of ${multipleOf}`, bad, words: otherwise })];
}

/** `format` of an integer names a Rust type; wider ones hold whatever the engine can. */
function integerFormat(target: ColumnTarget): readonly Check[] {
  const { format } = target.promised.options;
  const named = /^([iu])(8|16|32|64|128)$/.exec(format ?? '');
  if (named === null) return [];
  const bits = Number(named[2]);
  const isSigned = named[1] === 'i';
  if (isSigned && bits > 32) return [];
  const low = isSigned ? -(2 ** (bits - 1)) : 0;
  const high = isSigned ? 2 ** (bits - 1) - 1 : bits > 32 ? null : 2 ** bits - 1;
  const bad = `${target.sql} < ${low}${high === null ? '' : ` OR ${target.sql} > ${high}`}`;
  return [statement(target, { aspect: 'format', says: `fits ${format}`, bad, words: { one: 'does not', many: 'do not', instance: true } })];
}

/** Patterns of the formats that ODCS names for texts and that a pattern can tell. */
const formats: Readonly<Record<string, string>> = {
  email: '^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$',
  uuid: '^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$',
  uri: '^[A-Za-z][A-Za-z0-9+.-]*:\\S*$',
  hostname: '^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$',
  ipv4: '^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.|$)){4}$',
};

function textChecks(target: ColumnTarget): readonly Check[] {
  const { sql } = target;
  const { minLength, maxLength, pattern, format } = target.promised.options;
  const checks: Statement[] = [];
  const characters = (count: number): string => `${count} ${count === 1 ? 'character' : 'characters'}`;
  if (minLength !== undefined)
    checks.push({
      aspect: 'min_length',
      says: `has at least ${characters(minLength)}`,
      bad: `length(${sql}) < ${minLength}`,
      proof: `coalesce(min(length(${sql})) >= ${minLength}, true)`,
      words: { one: 'is shorter', many: 'are shorter', instance: true },
      extreme: { word: 'shortest', sql: `min(length(${sql}))` },
    });
  if (maxLength !== undefined)
    checks.push({
      aspect: 'max_length',
      says: `has at most ${characters(maxLength)}`,
      bad: `length(${sql}) > ${maxLength}`,
      proof: `coalesce(max(length(${sql})) <= ${maxLength}, true)`,
      words: { one: 'is longer', many: 'are longer', instance: true },
      extreme: { word: 'longest', sql: `max(length(${sql}))` },
    });
  if (pattern !== undefined)
    checks.push({
      aspect: 'pattern',
      says: `matches ${pattern}`,
      bad: `NOT ${matches(sql, pattern)}`,
      words: { one: 'does not', many: 'do not', instance: true },
    });
  const known = format === undefined ? undefined : formats[format];
  if (known !== undefined)
    checks.push({
      aspect: 'format',
      says: `is of the format ${format}`,
      bad: `NOT ${matches(sql, known)}`,
      words: otherwise,
    });
  return checks.map((one) => statement(target, one));
}

function listChecks(target: ColumnTarget): readonly Check[] {
  const { minItems, maxItems, uniqueItems } = target.promised.options;
  const checks: Statement[] = [];
  if (minItems !== undefined)
    checks.push({
      aspect: 'min_items',
      says: `has at least ${minItems} items`,
      bad: `len(${target.sql}) < ${minItems}`,
      words: { one: 'has fewer', many: 'have fewer', instance: true },
    });
  if (maxItems !== undefined)
    checks.push({
      aspect: 'max_items',
      says: `has at most ${maxItems} items`,
      bad: `len(${target.sql}) > ${maxItems}`,
      words: { one: 'has more', many: 'have more', instance: true },
    });
  if (uniqueItems === true)
    checks.push({
      aspect: 'unique_items',
      says: 'has no item twice',
      bad: `list_unique(${target.sql}) < len(list_filter(${target.sql}, x -> x IS NOT NULL))`,
      words: { one: 'has', many: 'have', instance: true },
    });
  return checks.map((one) => statement(target, one));
}
