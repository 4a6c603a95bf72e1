import type { Json } from '@tidegate/formats';
import { checkRule, libraryRule, none, notTaken, sqlName, sqlValue, type Taken } from '../foreign-rules.ts';
import { patternForRe2, patternOfLike } from '../pattern-for-re2.ts';
import { type ForeignRange, inRange } from '../range-limits.ts';
import { listIn, numberIn, textIn, textsIn } from '../read-arguments.ts';
import { type Expectation, rangeOf } from './expectation.ts';
import { hasValue, rulesOfRows } from './rows-that-break.ts';

type Translation = (expectation: Expectation, column: string) => readonly Taken[];

/** Expectations of each value of a column: a row without a value neither keeps nor breaks them. */
export const valueExpectations: { readonly [type: string]: Translation } = {
  expect_column_values_to_be_in_set: (expectation, column) => inSet(expectation, column, true),
  expect_column_values_to_not_be_in_set: (expectation, column) => inSet(expectation, column, false),
  expect_column_distinct_values_to_be_in_set: (expectation, column) => inSet({ ...expectation, mostly: 1 }, column, true),
  expect_column_values_to_be_between: between,
  expect_column_values_to_match_regex: (expectation, column) =>
    matches(expectation, column, { patterns: [textIn(expectation.kwargs, 'regex')] }),
  expect_column_values_to_not_match_regex: (expectation, column) =>
    matches(expectation, column, { patterns: [textIn(expectation.kwargs, 'regex')], isNot: true }),
  expect_column_values_to_match_regex_list: (expectation, column) =>
    matches(expectation, column, { patterns: textsIn(expectation.kwargs, 'regex_list'), isAll: expectation.kwargs['match_on'] === 'all' }),
  expect_column_values_to_not_match_regex_list: (expectation, column) =>
    matches(expectation, column, { patterns: textsIn(expectation.kwargs, 'regex_list'), isNot: true }),
  expect_column_values_to_match_like_pattern: (expectation, column) =>
    matches(expectation, column, { patterns: likes([textIn(expectation.kwargs, 'like_pattern')]) }),
  expect_column_values_to_not_match_like_pattern: (expectation, column) =>
    matches(expectation, column, { patterns: likes([textIn(expectation.kwargs, 'like_pattern')]), isNot: true }),
  expect_column_values_to_match_like_pattern_list: (expectation, column) =>
    matches(expectation, column, {
      patterns: likes(textsIn(expectation.kwargs, 'like_pattern_list')),
      isAll: expectation.kwargs['match_on'] === 'all',
    }),
  expect_column_values_to_not_match_like_pattern_list: (expectation, column) =>
    matches(expectation, column, { patterns: likes(textsIn(expectation.kwargs, 'like_pattern_list')), isNot: true }),
  expect_column_value_lengths_to_equal: (expectation, column) => {
    const value = numberIn(expectation.kwargs, 'value');
    return value === null
      ? [notTaken(column, 'it says no length')]
      : lengths(expectation, column, { min: value, max: value, strictMin: false, strictMax: false });
  },
  expect_column_value_lengths_to_be_between: (expectation, column) => lengths(expectation, column, rangeOf(expectation)),
  expect_column_values_to_match_strftime_format: (expectation, column) => {
    const format = textIn(expectation.kwargs, 'strftime_format') ?? '';
    const good = `try_strptime(CAST(${sqlName(column)} AS VARCHAR), ${sqlValue(format)}) IS NOT NULL`;
    return rulesOfRows({ column, counted: hasValue(column), good, plain: [checkRule('isDate', { format })] }, expectation);
  },
  expect_column_values_to_be_json_parseable: (expectation, column) =>
    rulesOfRows(
      { column, counted: hasValue(column), good: `json_valid(CAST(${sqlName(column)} AS VARCHAR))`, plain: [checkRule('isJson')] },
      expectation,
    ),
  expect_column_value_z_scores_to_be_less_than: zScores,
};

function inSet(expectation: Expectation, column: string, isIn: boolean): readonly Taken[] {
  const values = listIn(expectation.kwargs, 'value_set');
  if (values === null) return [notTaken(column, 'it names no values, so that any value keeps it')];
  const given = values.filter((value) => value !== null);
  const isNumeric = given.length > 0 && given.every((value) => typeof value === 'number');
  const one = given.length === 0 ? 'false' : `${sqlName(column)} IN (${given.map(sqlValue).join(', ')})`;
  const plain = isIn ? libraryRule('invalidValues', none, { validValues: given }) : checkRule('notInSet', { values: given });
  return rulesOfRows(
    { column, counted: hasValue(column, isNumeric), good: isIn ? one : `NOT (${one})`, plain: given.length === 0 ? null : [plain] },
    expectation,
  );
}

function between(expectation: Expectation, column: string): readonly Taken[] {
  const range = rangeOf(expectation);
  const { min, max, strictMin, strictMax } = range;
  if (min === null && max === null) return [notTaken(column, 'it has no bound')];
  const isBound = (value: Json): boolean => value === null || typeof value === 'number';
  const isNumeric = isBound(min) && isBound(max);
  if (!isNumeric && ![min, max].every((one) => one === null || typeof one === 'string'))
    return [notTaken(column, 'its bounds are not known before the data is')];
  const sided = [
    ...(min === null ? [] : [checkRule('between', { min, ...(strictMin && { strictly: true }) })]),
    ...(max === null ? [] : [checkRule('between', { max, ...(strictMax && { strictly: true }) })]),
  ];
  const together = [checkRule('between', { min, max, ...(strictMin && { strictly: true }) })];
  const plain = min !== null && max !== null && strictMin === strictMax ? together : sided;
  return rulesOfRows(
    { column, counted: hasValue(column, isNumeric), good: inRange(sqlName(column), range), plain: isNumeric ? plain : null },
    expectation,
  );
}

function likes(patterns: readonly (string | null)[] | null): readonly (string | null)[] | null {
  return patterns?.map((pattern) => (pattern === null ? null : patternOfLike(pattern))) ?? null;
}

interface Matching {
  readonly patterns: readonly (string | null)[] | null;
  readonly isNot?: boolean;
  /** Whether a value must match all of them, not just one. */
  readonly isAll?: boolean;
}

function matches(expectation: Expectation, column: string, { patterns, isNot = false, isAll = false }: Matching): readonly Taken[] {
  const translated: string[] = [];
  for (const pattern of patterns ?? [null]) {
    if (pattern === null) return [notTaken(column, 'it has no pattern')];
    const found = patternForRe2(pattern);
    if (!found.ok) return [notTaken(column, `its pattern ${JSON.stringify(pattern)} has ${found.has}, which RE2 does not have`)];
    translated.push(found.pattern);
  }
  const one = (pattern: string): string => `regexp_matches(CAST(${sqlName(column)} AS VARCHAR), ${sqlValue(pattern)})`;
  const all = translated.map(one).join(isAll ? ' AND ' : ' OR ');
  const plain = isNot
    ? translated.map((pattern) => checkRule('doesNotMatch', { pattern }))
    : isAll || translated.length === 1
      ? translated.map((pattern) => libraryRule('invalidValues', none, { pattern }))
      : [checkRule('matchesAny', { patterns: translated })];
  return rulesOfRows({ column, counted: hasValue(column), good: isNot ? `NOT (${all})` : `(${all})`, plain }, expectation);
}

function lengths(expectation: Expectation, column: string, range: ForeignRange): readonly Taken[] {
  const { min, max, strictMin, strictMax } = range;
  const isWhole = [min, max].every((bound) => bound === null || Number.isSafeInteger(bound));
  if ((min === null && max === null) || !isWhole) return [notTaken(column, 'it has no bound that is a whole number')];
  const low = typeof min === 'number' ? Math.max(strictMin ? min + 1 : min, 0) : null;
  const high = typeof max === 'number' ? (strictMax ? max - 1 : max) : null;
  const plain =
    high !== null && high < 0
      ? null
      : [checkRule('lengthBetween', { ...(low !== null && { min: low }), ...(high !== null && { max: high }) })];
  return rulesOfRows(
    { column, counted: hasValue(column), good: inRange(`length(CAST(${sqlName(column)} AS VARCHAR))`, range), plain },
    expectation,
  );
}

function zScores(expectation: Expectation, column: string): readonly Taken[] {
  const threshold = numberIn(expectation.kwargs, 'threshold');
  if (threshold === null) return [notTaken(column, 'it has no threshold')];
  if (expectation.where !== null) return [notTaken(column, 'a z-score among some of the rows has no counterpart')];
  const name = sqlName(column);
  const present = hasValue(column, true);
  const scale = `nullif((SELECT stddev_samp(${name}) FROM {object} WHERE ${present}), 0)`;
  const score = `(${name} - (SELECT avg(${name}) FROM {object} WHERE ${present})) / ${scale}`;
  const isTwoSided = expectation.kwargs['double_sided'] !== false;
  const isBelow = isTwoSided ? `abs(${score}) < abs(${sqlValue(threshold)})` : `${score} < ${sqlValue(threshold)}`;
  // where all values are alike there is no score, and the tool lets it pass
  return rulesOfRows({ column, counted: present, good: `coalesce(${isBelow}, true)`, plain: null }, expectation);
}
