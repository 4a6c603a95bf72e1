import type { LogicalType } from '@tidegate/formats';
import { noRows } from '../contract/data-contract.ts';
import type { Check, Measure } from './check.ts';
import { badMissing, checkOf, type ColumnTarget, hasPromisedType, valuesOf } from './column-target.ts';
import { optionChecks } from './option-checks.ts';
import { ruleChecks } from './rule-checks.ts';

/** Every check of a column that is there. */
export function columnChecks(target: ColumnTarget, columns: ReadonlyMap<string, ColumnTarget>): readonly Check[] {
  const { promised } = target;
  return [
    presence(target),
    ...(target.typeMeasure === null ? [] : [typeCheck(target, promised.logicalType ?? 'string')]),
    ...(promised.required || promised.keyPosition !== null ? [requiredCheck(target)] : []),
    ...(promised.unique ? [uniqueCheck(target)] : []),
    ...(hasPromisedType(target) ? optionChecks(target) : []),
    ...ruleChecks(target, columns),
  ];
}

function presence(target: ColumnTarget): Check {
  return {
    ...checkOf(target, 'present'),
    promise: `${target.name} is there`,
    dimension: 'completeness',
    measure: { kind: 'known', verdict: 'pass', measured: true, finding: 'it is' },
  };
}

const typesInWords: Readonly<Record<LogicalType, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  date: 'a date',
  timestamp: 'a time (timestamp)',
  time: 'a time of day',
  object: 'an object',
  array: 'a list',
};

function typeCheck(target: ColumnTarget, wanted: LogicalType): Check {
  return {
    ...checkOf(target, 'type'),
    promise: `${target.name} is ${typesInWords[wanted]}`,
    dimension: 'conformity',
    measure: withUnmeasured(target),
  };
}

/** A column of another type altogether has no values that its limits could be compared with, which is said. */
function withUnmeasured(target: ColumnTarget): Measure {
  const measure = target.typeMeasure ?? { kind: 'known', verdict: 'pass', measured: null, finding: 'nothing is promised' };
  const unmeasured = Object.keys(target.promised.options);
  if (measure.kind !== 'known' || measure.verdict === 'pass' || unmeasured.length === 0) return measure;
  return { ...measure, finding: `${measure.finding}, so that ${unmeasured.join(', ')} could not be measured` };
}

function requiredCheck(target: ColumnTarget): Check {
  return {
    ...checkOf(target, 'required'),
    promise: `${target.name} is never null`,
    dimension: 'completeness',
    measure: { kind: 'rows', ...badMissing(target), limit: noRows, extreme: null, words: { one: 'is', many: 'are', instance: false } },
  };
}

function uniqueCheck(target: ColumnTarget): Check {
  return {
    ...checkOf(target, 'unique'),
    promise: `${target.name} is unique`,
    dimension: 'uniqueness',
    measure: { kind: 'repeats', columns: [valuesOf(target)], limit: noRows },
  };
}
