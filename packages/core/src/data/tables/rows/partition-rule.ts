import { quoteName, quoteText } from '@tidegate/runtime';
import { type PartitionRule, parsePartition, type Span } from '../../../config/index.ts';

const forms: { readonly [S in Span]: string } = { year: '%Y', month: '%Y-%m', day: '%Y-%m-%d', hour: '%Y-%m-%dT%H' };

/** SQL of the partition of a row, as text; empty where the column has no value. */
export function partitionTerm(text: string): string {
  const rule = parsePartition(text);
  if (rule === null) throw new Error(`Cannot read the partition "${text}": please report this`);
  const column = quoteName(rule.column);
  return `coalesce(${rule.unit === 'value' ? `CAST(${column} AS VARCHAR)` : `strftime(${column}, ${quoteText(forms[rule.unit])})`}, '')`;
}

/** SQL over all rows: the partition in which the moment lies that is so many milliseconds before the newest partition begins. */
export function startOfSql({ unit, column }: PartitionRule, ms: number): string {
  const form = unit === 'value' ? '' : forms[unit];
  return `strftime(date_trunc('${unit}', max(CAST(${quoteName(column)} AS TIMESTAMP))) - to_milliseconds(${ms}), ${quoteText(form)})`;
}

/** SQL: the partition in which the moment lies that is so many milliseconds before the partition of this name begins. */
export function startBeforeSql({ unit }: PartitionRule, name: string, ms: number): string {
  const form = unit === 'value' ? '' : forms[unit];
  return `strftime(strptime(${name}, ${quoteText(form)}) - to_milliseconds(${ms}), ${quoteText(form)})`;
}
