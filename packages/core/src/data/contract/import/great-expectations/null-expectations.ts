import { checkRule, libraryRule, none, propertyOf, ruleOf, sqlName, sqlRule, type Taken } from '../foreign-rules.ts';
import type { Expectation } from './expectation.ts';
import { hasValue } from './rows-that-break.ts';

type Translation = (expectation: Expectation, column: string) => readonly Taken[];

/** Expectations of missing and of repeated values, and that a column is there. */
export const nullExpectations: { readonly [type: string]: Translation } = {
  expect_column_values_to_not_be_null: (expectation, column) => {
    const { mostly, where, severity, description } = expectation;
    if (where !== null) return [shareOfRows(column, { where, good: `${sqlName(column)} IS NOT NULL`, mostly })];
    if (mostly < 1) return [ruleOf(column, libraryRule('nullValues', { mustBeLessOrEqualTo: restInPercent(mostly), unit: 'percent' }))];
    return severity === null && description === null
      ? [propertyOf(column, { required: true })]
      : [ruleOf(column, libraryRule('nullValues', none))];
  },
  expect_column_values_to_be_null: ({ mostly, where }, column) => {
    if (where !== null) return [shareOfRows(column, { where, good: `${sqlName(column)} IS NULL`, mostly })];
    return mostly < 1
      ? [ruleOf(column, libraryRule('nullValues', { mustBeGreaterOrEqualTo: Number((100 * mostly).toPrecision(12)), unit: 'percent' }))]
      : [ruleOf(column, checkRule('distinctCount', {}, none))];
  },
  expect_column_values_to_be_unique: ({ mostly, where, severity, description }, column) => {
    const name = sqlName(column);
    if (mostly === 1 && where === null)
      return severity === null && description === null
        ? [propertyOf(column, { unique: true })]
        : [ruleOf(column, libraryRule('duplicateValues', none))];
    const counts = `SELECT count(*) OVER (PARTITION BY ${name}) AS n FROM {object} WHERE ${where === null ? '' : `(${where}) AND `}${hasValue(column)}`;
    const share = 'coalesce(count(*) FILTER (WHERE n = 1) / nullif(count(*), 0), 1)';
    return [ruleOf(column, sqlRule(`SELECT ${share} FROM (${counts})`, { mustBeGreaterOrEqualTo: mostly }))];
  },
};

function shareOfRows(
  column: string,
  { where, good, mostly }: { readonly where: string; readonly good: string; readonly mostly: number },
): Taken {
  const share = `coalesce(count(*) FILTER (WHERE ${good}) / nullif(count(*), 0), 1)`;
  return ruleOf(column, sqlRule(`SELECT ${share} FROM {object} WHERE ${where}`, { mustBeGreaterOrEqualTo: mostly }));
}

/** What is left of a share, in percent without the noise of binary fractions. */
function restInPercent(share: number): number {
  return Number((100 * (1 - share)).toPrecision(12));
}
