import { type RuleText, ruleOf, sqlName, sqlRule, type Taken } from '../foreign-rules.ts';
import type { Expectation } from './expectation.ts';

/** What an expectation says of each row. */
export interface RowStatement {
  /** Where the rule stands; null for the object. */
  readonly column: string | null;
  /** SQL that is true of the rows that count, for instance those with a value. */
  readonly counted: string;
  /** SQL that is true of a row that keeps it. */
  readonly good: string;
  /** The rules that say it of all rows without exception; null when only SQL can. */
  readonly plain: readonly RuleText[] | null;
}

/**
 * The rules of a statement. A share of rows (`mostly`) is one of the rows that count, as the tool has it, and not of all rows as the
 * `percent` of the standard is; so it is told in SQL, by the same division that the tool makes.
 */
export function rulesOfRows(
  { column, counted, good, plain }: RowStatement,
  { mostly, where }: Pick<Expectation, 'mostly' | 'where'>,
): readonly Taken[] {
  if (mostly === 1 && where === null && plain !== null) return plain.map((rule) => ruleOf(column, rule));
  const rows = where === null ? counted : `(${where}) AND ${counted}`;
  const isGood = `coalesce(${good}, false)`;
  if (mostly === 1) return [ruleOf(column, sqlRule(`SELECT count(*) FROM {object} WHERE ${rows} AND NOT ${isGood}`, { mustBe: 0 }))];
  const share = `coalesce(count(*) FILTER (WHERE ${isGood}) / nullif(count(*), 0), 1)`;
  return [ruleOf(column, sqlRule(`SELECT ${share} FROM {object} WHERE ${rows}`, { mustBeGreaterOrEqualTo: mostly }))];
}

/** SQL that is true where the column has a value; with `isNumeric`, NaN is none. */
export function hasValue(column: string, isNumeric = false): string {
  const name = sqlName(column);
  return isNumeric ? `${name} IS NOT NULL AND NOT isnan(CAST(${name} AS DOUBLE))` : `${name} IS NOT NULL`;
}
