import type { LogicalType } from '@tidegate/formats';
import { noRows } from '../contract/data-contract.ts';
import type { Check } from './check.ts';
import { checkOf, type ColumnTarget, hasPromisedType, valuesOf } from './column-target.ts';
import { optionChecks } from './option-checks.ts';
import { ruleChecks } from './rule-checks.ts';

/** Every check of a column that is there. */
export function columnChecks(target: ColumnTarget): readonly Check[] {
  const { promised } = target;
  return [
    presence(target),
    ...(target.typeMeasure === null ? [] : [typeCheck(target, promised.logicalType ?? 'string')]),
    ...(promised.required || promised.keyPosition !== null ? [requiredCheck(target)] : []),
    ...(promised.unique ? [uniqueCheck(target)] : []),
    ...(hasPromisedType(target) ? optionChecks(target) : []),
    ...ruleChecks(target),
  ];
}

function presence(target: ColumnTarget): Check {
  const unmeasured = hasPromisedType(target) ? 0 : optionChecks(target).length;
  const finding = unmeasured === 0 ? 'it is' : `it is, but not of the promised type, so that ${unmeasured} checks of its values were not measured`;
  return {
    ...checkOf(target, 'present'),
    promise: `${target.name} is there`,
    dimension: 'completeness',
    measure: { kind: 'known', verdict: 'pass', measured: true, finding },
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
    measure: target.typeMeasure ?? { kind: 'known', verdict: 'pass', measured: null, finding: 'nothing is promised' },
  };
}

function requiredCheck(target: ColumnTarget): Check {
  return {
    ...checkOf(target, 'required'),
    promise: `${target.name} is never null`,
    dimension: 'completeness',
    measure: { kind: 'rows', bad: target.missing, limit: noRows, extreme: null, words: { one: 'is', many: 'are', instance: false } },
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
