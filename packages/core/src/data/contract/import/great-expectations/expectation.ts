import type { Json, JsonObject } from '@tidegate/formats';
import { asObject, numberIn, objectIn, objectsIn, textIn } from '../read-arguments.ts';
import type { ForeignRange } from '../range-limits.ts';
import { conditionSql } from './row-condition.ts';

/** One expectation of a suite, of version 1 or 0.18. */
export interface Expectation {
  /** `expect_column_values_to_not_be_null`. */
  readonly type: string;
  readonly kwargs: JsonObject;
  readonly column: string | null;
  /** The share of values, from 0 to 1, that must keep it. */
  readonly mostly: number;
  /** The rows it is about, as SQL; null for all. */
  readonly where: string | null;
  /** Whether it is about rows of which no SQL can be made. */
  readonly hasUnknownWhere: boolean;
  readonly severity: 'warning' | 'info' | null;
  readonly description: string | null;
}

/** A suite, whichever version wrote it. */
export interface Suite {
  readonly name: string | null;
  readonly notes: string | null;
  readonly expectations: readonly Expectation[];
}

/** @returns null when the document is no suite */
export function readSuite(document: Json): Suite | null {
  const suite = asObject(document);
  if (suite === null || !Array.isArray(suite['expectations'])) return null;
  return {
    name: textIn(suite, 'name') ?? textIn(suite, 'expectation_suite_name'),
    notes: textOf(suite['notes'] ?? objectIn(suite, 'meta')?.['notes']),
    expectations: objectsIn(suite, 'expectations').map(expectationOf),
  };
}

/** One expectation by itself. */
export function expectationOf(json: JsonObject): Expectation {
  const kwargs = objectIn(json, 'kwargs') ?? {};
  const condition = kwargs['row_condition'] ?? null;
  const where = condition === null ? null : conditionSql(condition);
  const severity = textIn(json, 'severity');
  return {
    type: camelToSnake(textIn(json, 'type') ?? textIn(json, 'expectation_type') ?? 'an expectation without a type'),
    kwargs,
    column: textIn(kwargs, 'column'),
    mostly: numberIn(kwargs, 'mostly') ?? 1,
    where,
    hasUnknownWhere: condition !== null && condition !== '' && where === null,
    severity: severity === 'warning' || severity === 'info' ? severity : null,
    description: textIn(json, 'description') ?? textOf(json['notes'] ?? objectIn(json, 'meta')?.['notes']),
  };
}

/** The expectation as the tool prints it, for messages. */
export function nameOf({ type, kwargs }: Expectation): string {
  const given = Object.entries(kwargs).filter(([name, value]) => name !== 'batch_id' && value !== null);
  return `${type}(${given.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')})`;
}

/** `min_value`, `max_value` and whether they are in the range themselves. */
export function rangeOf({ kwargs }: Expectation): ForeignRange {
  return {
    min: kwargs['min_value'] ?? null,
    max: kwargs['max_value'] ?? null,
    strictMin: kwargs['strict_min'] === true,
    strictMax: kwargs['strict_max'] === true,
  };
}

/** Notes are a text, a list of texts, or either of them with a format. */
function textOf(notes: Json | undefined): string | null {
  if (typeof notes === 'string') return notes;
  if (Array.isArray(notes)) return notes.filter((note) => typeof note === 'string').join('\n');
  const content = asObject(notes)?.['content'];
  return content === undefined ? null : textOf(content);
}

/** Suites name `ExpectColumnToExist` in one place and `expect_column_to_exist` in another. */
function camelToSnake(type: string): string {
  return type.startsWith('Expect') || type === 'UnexpectedRowsExpectation'
    ? type.replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '_').toLowerCase()
    : type;
}
