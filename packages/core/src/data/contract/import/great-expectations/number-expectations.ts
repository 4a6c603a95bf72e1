import type { Json } from '@tidegate/formats';
import { checkRule, libraryRule, nearly, none, notTaken, ruleOf, sqlName, sqlRule, sqlValue, type Taken } from '../foreign-rules.ts';
import { type ForeignRange, inPercent, inRange, limitsOf } from '../range-limits.ts';
import { listIn, objectIn } from '../read-arguments.ts';
import { type Expectation, rangeOf } from './expectation.ts';
import { hasValue } from './rows-that-break.ts';

type Translation = (expectation: Expectation, column: string) => readonly Taken[];

/** Expectations of one number of a column. */
export const numberExpectations: { readonly [type: string]: Translation } = {
  expect_column_max_to_be_between: extreme('greatest', 'max'),
  expect_column_min_to_be_between: extreme('least', 'min'),
  expect_column_mean_to_be_between: measure('mean', 'avg'),
  expect_column_median_to_be_between: measure('median', 'median'),
  expect_column_stdev_to_be_between: measure('standardDeviation', 'stddev_samp'),
  expect_column_sum_to_be_between: measure('sum', 'sum'),
  expect_column_unique_value_count_to_be_between: (expectation, column) => {
    const range = rangeOf(expectation);
    if (expectation.where !== null) return inSql(expectation, column, { number: `count(DISTINCT ${sqlName(column)})`, range });
    return limitsOf(range).map((limit) => ruleOf(column, checkRule('distinctCount', {}, limit)));
  },
  expect_column_proportion_of_unique_values_to_be_between: (expectation, column) =>
    inSql(expectation, column, {
      number: `coalesce(count(DISTINCT ${sqlName(column)}) / nullif(count(${sqlName(column)}), 0), 0)`,
      range: rangeOf(expectation),
    }),
  expect_column_proportion_of_non_null_values_to_be_between: (expectation, column) => {
    const range = rangeOf(expectation);
    if (expectation.where !== null)
      return inSql(expectation, column, { number: `coalesce(count(${sqlName(column)}) / nullif(count(*), 0), 0)`, range });
    const nulls = inPercent({ min: rest(range.max), max: rest(range.min), strictMin: range.strictMax, strictMax: range.strictMin });
    return limitsOf(nulls).map((limit) => ruleOf(column, libraryRule('nullValues', { ...limit, unit: 'percent' })));
  },
  expect_column_quantile_values_to_be_between: quantiles,
  expect_column_most_common_value_to_be_in_set: mostCommon,
  expect_column_distinct_values_to_contain_set: (expectation, column) => {
    const values = listIn(expectation.kwargs, 'value_set') ?? [];
    if (values.length === 0) return [notTaken(column, 'it names no values')];
    if (expectation.where === null) return [ruleOf(column, checkRule('valuesAbsent', { values }, none))];
    return [allThere(expectation, column, values)];
  },
  expect_column_distinct_values_to_equal_set: (expectation, column) => {
    const values = listIn(expectation.kwargs, 'value_set') ?? [];
    if (values.length === 0) return [notTaken(column, 'it names no values')];
    const [name, list] = [sqlName(column), values.map(sqlValue).join(', ')];
    const others = `SELECT count(*) FROM {object} WHERE (${expectation.where ?? 'true'}) AND ${name} IS NOT NULL AND ${name} NOT IN (${list})`;
    return expectation.where === null
      ? [
          ruleOf(column, libraryRule('invalidValues', none, { validValues: values })),
          ruleOf(column, checkRule('valuesAbsent', { values }, none)),
        ]
      : [ruleOf(column, sqlRule(others, none)), allThere(expectation, column, values)];
  },
};

function rest(share: Json): Json {
  return typeof share === 'number' ? 1 - share : share;
}

function allThere({ where }: Expectation, column: string, values: readonly Json[]): Taken {
  const different = new Set(values).size;
  const found = `count(DISTINCT ${sqlName(column)}) FILTER (WHERE ${sqlName(column)} IN (${values.map(sqlValue).join(', ')}))`;
  return ruleOf(column, sqlRule(`SELECT ${found} FROM {object} WHERE ${where ?? 'true'}`, { mustBe: different }));
}

/** Whether a number is in its range, as a truth value, since there may be nothing that it could be of. */
function inSql(
  { where }: Expectation,
  column: string,
  { number, range, counted = null }: { readonly number: string; readonly range: ForeignRange; readonly counted?: string | null },
): readonly Taken[] {
  if (range.min === null && range.max === null) return [notTaken(column, 'it has no bound')];
  const rows = [counted, where === null ? null : `(${where})`].filter((one) => one !== null);
  const condition = rows.length === 0 ? '' : ` WHERE ${rows.join(' AND ')}`;
  return [ruleOf(column, sqlRule(`SELECT coalesce(${inRange(number, range)}, false) FROM {object}${condition}`, { mustBe: true }))];
}

function measure(check: string, aggregate: string): Translation {
  return (expectation, column) => {
    const range = rangeOf(expectation);
    if (range.min === null && range.max === null) return [notTaken(column, 'it has no bound')];
    if (![range.min, range.max].every((bound) => bound === null || typeof bound === 'number'))
      return [notTaken(column, 'its bounds are not known before the data is')];
    if (expectation.where !== null)
      return inSql(expectation, column, { number: `${aggregate}(${sqlName(column)})`, range, counted: hasValue(column, true) });
    return limitsOf(range).map((limit) => ruleOf(column, checkRule(check, {}, limit)));
  };
}

/** The largest or smallest value, of numbers, texts or moments. */
function extreme(check: string, aggregate: string): Translation {
  return (expectation, column) => {
    const { min, max } = rangeOf(expectation);
    const isNumeric = [min, max].every((bound) => bound === null || typeof bound === 'number');
    if (isNumeric) return measure(check, aggregate)(expectation, column);
    return inSql(expectation, column, { number: `${aggregate}(${sqlName(column)})`, range: rangeOf(expectation) });
  };
}

/** The nearest value, as pandas and the tool take it; where it stands is rounded half to even. */
function quantiles(expectation: Expectation, column: string): readonly Taken[] {
  const given = objectIn(expectation.kwargs, 'quantile_ranges') ?? {};
  const shares = listIn(given, 'quantiles') ?? [];
  const ranges = listIn(given, 'value_ranges') ?? [];
  const taken = shares.flatMap((share, index): readonly Taken[] => {
    const range = ranges[index];
    if (typeof share !== 'number' || !Array.isArray(range)) return [notTaken(column, 'it has no range for a quantile')];
    const [min = null, max = null] = range as readonly Json[];
    const name = sqlName(column);
    const number = `list_sort(list(${name}))[1 + CAST(round_even((count(${name}) - 1) * ${sqlValue(share)}, 0) AS BIGINT)]`;
    return inSql(expectation, column, { number, range: { min, max, strictMin: false, strictMax: false }, counted: hasValue(column, true) });
  });
  const relative = expectation.kwargs['allow_relative_error'] ?? false;
  const isNearest = relative === false || relative === 'nearest';
  return isNearest ? taken : [...taken, nearly(column, `the quantile is the nearest value, not ${JSON.stringify(relative)}`)];
}

function mostCommon(expectation: Expectation, column: string): readonly Taken[] {
  const values = listIn(expectation.kwargs, 'value_set') ?? [];
  if (values.length === 0) return [notTaken(column, 'it names no values')];
  const name = sqlName(column);
  const counts = `SELECT ${name} AS v, count(*) AS n FROM {object} WHERE ${expectation.where ?? 'true'} AND ${name} IS NOT NULL GROUP BY ALL`;
  const isOne = `v IN (${values.map(sqlValue).join(', ')})`;
  // with ties_okay one of the most frequent values may be another
  const good =
    expectation.kwargs['ties_okay'] === true
      ? `coalesce(bool_or(${isOne}), false)`
      : `coalesce(bool_and(${isOne}) AND count(*) = 1, false)`;
  return [ruleOf(column, sqlRule(`SELECT ${good} FROM (SELECT v, n, max(n) OVER () AS m FROM (${counts})) WHERE n = m`, { mustBe: true }))];
}
