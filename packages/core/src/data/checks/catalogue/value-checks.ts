import { flagAt, numberAt, textAt, textsAt, valuesAt, weekdays } from '../../contract/check-arguments.ts';
import { isOneOf, momentSql } from '../sql-literal.ts';
import { windowColumn } from '../check.ts';
import { type ColumnBuilder, listed, ofValues } from './built.ts';
import { rangeInWords, rangeSql } from './range.ts';

const sign =
  (says: string, bad: (sql: string) => string): ColumnBuilder =>
  (target) =>
    ofValues(target, { says, bad: bad(target.sql), dimension: 'accuracy' });

/** Interquartile ranges beyond the quartiles from which a value is "far out" (Tukey, Exploratory Data Analysis, 1977). */
const farOut = 3;

/** Checks of numbers, moments and of any values, one value at a time. */
export const valueChecks = {
  notInSet: (target, { given }) => {
    const values = valuesAt(given, 'values');
    return ofValues(target, {
      says: `is none of ${listed(values)}`,
      bad: isOneOf(target.sql, target.type, values),
      words: { one: 'is', many: 'are', instance: true },
    });
  },
  between: (target, { given }) => {
    const range = { min: numberAt(given, 'min'), max: numberAt(given, 'max') };
    const strictly = flagAt(given, 'strictly');
    return ofValues(target, {
      says: `is ${rangeInWords(range)}${strictly ? ', bounds excluded' : ''}`,
      bad: rangeSql(target.sql, range, strictly),
      dimension: 'accuracy',
    });
  },
  positive: sign('is above 0', (sql) => `${sql} <= 0`),
  negative: sign('is below 0', (sql) => `${sql} >= 0`),
  nonNegative: sign('is at least 0', (sql) => `${sql} < 0`),
  notZero: sign('is not 0', (sql) => `${sql} = 0`),
  whole: (target) =>
    ofValues(target, {
      says: 'is a whole number',
      bad: `NOT isfinite(CAST(${target.sql} AS DOUBLE)) OR ${target.sql} <> trunc(${target.sql})`,
    }),
  finite: (target) => ofValues(target, { says: 'is finite', bad: `NOT isfinite(CAST(${target.sql} AS DOUBLE))` }),
  decimalsAtMost: (target, { given }) => {
    const digits = numberAt(given, 'digits') ?? 0;
    const scaled = `(CAST(${target.sql} AS DOUBLE) * 1e${digits})`;
    return ofValues(target, {
      says: `has at most ${digits} decimals`,
      bad: `abs(${scaled} - round(${scaled})) > 1e-9 * greatest(1, abs(${scaled}))`,
      words: { one: 'has more', many: 'have more', instance: true },
    });
  },
  notOutlier: (target, { given }) => {
    const times = numberAt(given, 'times') ?? farOut;
    const finite = `CASE WHEN isfinite(CAST(${target.sql} AS DOUBLE)) THEN CAST(${target.sql} AS DOUBLE) END`;
    const quartile = (index: number): string => `${windowColumn}[${index}]`;
    const reach = `${times} * (${quartile(2)} - ${quartile(1)})`;
    return ofValues(target, {
      says: `lies within ${times} interquartile ranges of the quartiles`,
      bad: `(${target.sql} < ${quartile(1)} - ${reach} OR ${target.sql} > ${quartile(2)} + ${reach})`,
      words: { one: 'does not', many: 'do not', instance: true },
      dimension: 'accuracy',
      window: `quantile_cont(${finite}, [0.25, 0.75]) OVER ()`,
    });
  },
  weekdayIn: (target, { given }) => {
    const days = textsAt(given, 'days');
    const numbers = days.map((day) => weekdays.findIndex((one) => one === day) + 1);
    return ofValues(target, {
      says: `is a ${listed(days)}`,
      bad: `isfinite(${target.sql}) AND isodow(${target.sql}) NOT IN (${numbers.join(', ')})`,
      dimension: 'accuracy',
    });
  },
  timeOfDayBetween: (target, { given }) => {
    const [from, to] = [textAt(given, 'from'), textAt(given, 'to')];
    const time = target.type === 'time' ? target.sql : `CAST(${target.sql} AS TIME)`;
    const [low, high] = [momentSql(from, 'time'), momentSql(to, 'time')];
    // a range that goes past midnight has its end before its beginning
    const isOut = from <= to ? `(${time} < ${low} OR ${time} > ${high})` : `(${time} < ${low} AND ${time} > ${high})`;
    const bad = target.type === 'time' ? isOut : `isfinite(${target.sql}) AND ${isOut}`;
    return ofValues(target, { says: `is between ${from} and ${to}`, bad, dimension: 'accuracy' });
  },
} as const satisfies { readonly [name: string]: ColumnBuilder };
