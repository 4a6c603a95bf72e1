import type { DatabaseSync } from 'node:sqlite';
import { failure } from '@tidegate/formats';
import { quoteName } from '@tidegate/runtime';
import { plainColumn, type ReadColumn, turnedColumn } from '../rows/read-column.ts';
import { bytesOfField, textOfField } from '../rows/row-text.ts';

export interface SqliteColumns {
  readonly columns: readonly ReadColumn[];
  readonly notices: readonly string[];
}

/** How often the values of a column have each of SQLite's types, and what is to be known of them besides. */
interface Counts {
  readonly integer: number;
  readonly real: number;
  readonly text: number;
  readonly blob: number;
  /** Texts that are a date, a time without zone, a moment. What the engine would cut (a nanosecond) or not take (the 30th of February) is none of them. */
  readonly days: number;
  readonly times: number;
  readonly moments: number;
  /** Whole numbers that are neither 0 nor 1. */
  readonly others: number;
  /** Whole numbers that a floating-point number may not hold: beyond 2^53. */
  readonly large: number;
}

const counted = ['integer', 'real', 'text', 'blob', 'days', 'times', 'moments', 'others', 'large'] as const;

/**
 * Columns with the types that their values have: SQLite itself keeps any value in any column. All of them are counted in one scan.
 *
 * @param from what to select from
 * @throws TG-SOURCE-VALUE for a column with bytes and something else
 */
export function sqliteColumns(database: DatabaseSync, from: string, title: string): SqliteColumns {
  const declared = database.prepare(`SELECT * FROM ${from}`).columns();
  const counts = declared.map(({ name }) => countsSql(quoteName(name))).join(', ');
  const statement = database.prepare(`SELECT ${counts} FROM ${from}`);
  statement.setReturnArrays(true);
  // the types do not have what setReturnArrays does
  const found = (statement.get() as unknown as readonly (number | null)[]).map((count) => Number(count ?? 0));
  const notices: string[] = [];
  const columns = declared.map(({ name, type }, index) => {
    const at = index * counted.length;
    const [integer = 0, real = 0, text = 0, blob = 0, days = 0, times = 0, moments = 0, others = 0, large = 0] = found.slice(
      at,
      at + counted.length,
    );
    const values = { integer, real, text, blob, days, times, moments, others, large };
    const told = mixture(values);
    if (told !== null && blob > 0)
      throw failure(
        'TG-SOURCE-VALUE',
        `Cannot keep the column "${name}" of ${title}: it has ${told}`,
        `Read it by a query that makes one type of them: SELECT …, CAST(${quoteName(name)} AS text) AS ${quoteName(name)}`,
      );
    if (told !== null) notices.push(`The column "${name}" has ${told}: all are kept as text`);
    return columnOf(name, type ?? '', values);
  });
  return { columns, notices };
}

function countsSql(name: string): string {
  const sum = (condition: string): string => `sum(${condition})`;
  const ofType = (type: string): string => sum(`typeof(${name}) = '${type}'`);
  const day = `typeof(${name}) = 'text' AND ${name} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' AND date(substr(${name}, 1, 10)) = substr(${name}, 1, 10)`;
  const time = `${day} AND datetime(${name}) IS NOT NULL`;
  const isZoned = `(${name} GLOB '*[Zz]' OR ${name} GLOB '*[+-][0-9][0-9]:[0-9][0-9]')`;
  const hasSeconds = `${name} GLOB '???????????[0-9][0-9]:[0-9][0-9]:[0-9][0-9]*'`;
  const whole = (condition: string): string => sum(`typeof(${name}) = 'integer' AND ${condition}`);
  return [
    ...['integer', 'real', 'text', 'blob'].map(ofType),
    sum(`${day} AND length(${name}) = 10`),
    sum(`${time} AND length(${name}) BETWEEN ${'2020-02-29 12:34'.length} AND ${'2020-02-29 12:34:56.123456'.length} AND NOT ${isZoned}`),
    sum(`${time} AND ${hasSeconds} AND length(${name}) <= ${'2020-02-29 12:34:56.123456+01:00'.length} AND ${isZoned}`),
    whole(`${name} NOT IN (0, 1)`),
    whole(`${name} NOT BETWEEN -9007199254740992 AND 9007199254740992`),
  ].join(', ');
}

/** Null when all values go into one type. */
function mixture({ integer, real, text, blob, large }: Counts): string | null {
  const kinds = [
    { count: integer + real, name: 'numbers' },
    { count: text, name: 'texts' },
    { count: blob, name: 'values of bytes' },
  ].filter(({ count }) => count > 0);
  if (kinds.length > 1) return kinds.map(({ count, name }) => `${count} ${name}`).join(' and ');
  return real > 0 && large > 0 ? `${large} whole numbers beyond 2^53 and ${real} with a fraction` : null;
}

function columnOf(name: string, declared: string, counts: Counts): ReadColumn {
  const type = typeOf(declared.toUpperCase(), counts);
  const column = { name, type, sourceType: declared === '' ? 'any' : declared };
  if (type === 'BLOB') return turnedColumn(column, bytesOfField);
  if (type === 'VARCHAR') return turnedColumn(column, textOfField);
  if (type === 'TIMESTAMP WITH TIME ZONE') return turnedColumn(column, (text) => `CAST(${text} AS ${type})`);
  return plainColumn(column);
}

function typeOf(declared: string, counts: Counts): string {
  const { integer, real, text, blob, others, large } = counts;
  if (blob > 0) return 'BLOB';
  if (text > 0 && integer + real > 0) return 'VARCHAR';
  if (text > 0) return typeOfTexts(declared, counts);
  if (real > 0) return large > 0 ? 'VARCHAR' : 'DOUBLE';
  if (integer > 0) {
    if (declared.startsWith('BOOL') && others === 0) return 'BOOLEAN';
    return /^(REAL|DOUBLE|FLOAT)/.test(declared) && large === 0 ? 'DOUBLE' : 'BIGINT';
  }
  return typeOfNothing(declared);
}

/** Texts of a column of dates or times as such, where all of them are; none loses a time of day, a zone or a digit by it. */
function typeOfTexts(declared: string, { text, days, times, moments }: Counts): string {
  const isOfDays = declared === 'DATE';
  if (!isOfDays && !/^(DATETIME|TIMESTAMP)/.test(declared)) return 'VARCHAR';
  if (isOfDays && days === text) return 'DATE';
  if (days + times === text) return 'TIMESTAMP';
  return moments === text ? 'TIMESTAMP WITH TIME ZONE' : 'VARCHAR';
}

/** What SQLite's rules of affinity say of a column without values. */
function typeOfNothing(declared: string): string {
  if (declared === 'DATE') return 'DATE';
  if (/^(DATETIME|TIMESTAMP)/.test(declared)) return 'TIMESTAMP';
  if (declared.startsWith('BOOL')) return 'BOOLEAN';
  if (declared.includes('INT')) return 'BIGINT';
  if (/REAL|FLOA|DOUB/.test(declared)) return 'DOUBLE';
  return declared.includes('BLOB') ? 'BLOB' : 'VARCHAR';
}
