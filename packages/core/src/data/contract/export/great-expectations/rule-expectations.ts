import type { Json, JsonObject } from '@tidegate/formats';
import { type Arguments, flagAt, numberAt, textAt, textsAt, valuesAt } from '../../check-arguments.ts';
import type { ContractColumn, Limit, RuleBody } from '../../data-contract.ts';
import { isStrict } from '../exported.ts';

/** An expectation, without its manner. */
export interface Said {
  readonly type: string;
  readonly kwargs: JsonObject;
}

type CheckBody = Extract<RuleBody, { readonly kind: 'check' }>;

/** The expectations that say a rule of a column, or why there are none. */
export function columnRule(body: RuleBody, { name: column }: ContractColumn): readonly Said[] | string {
  const one = (type: string, kwargs: JsonObject = {}): readonly Said[] => [{ type, kwargs: { column, ...kwargs } }];
  switch (body.kind) {
    case 'sql':
      return 'a query in the SQL of DuckDB is no expectation';
    case 'custom':
      return `it is for ${body.engine}`;
    case 'rowCount':
      return 'it is a rule of the object';
    case 'nullValues': {
      const { operator, values, unit } = body.limit;
      if (isStrict(body.limit)) return one('expect_column_values_to_not_be_null');
      if (unit === 'percent' && operator === 'mustBeLessOrEqualTo')
        return one('expect_column_values_to_not_be_null', { mostly: Number((1 - values[0] / 100).toPrecision(12)) });
      if (unit === 'percent' && operator === 'mustBeGreaterOrEqualTo')
        return one('expect_column_values_to_be_null', { mostly: Number((values[0] / 100).toPrecision(12)) });
      if (unit === 'percent' && (operator === 'mustBeGreaterThan' || operator === 'mustBeLessThan')) {
        const rest = Number((1 - values[0] / 100).toPrecision(12));
        const range = operator === 'mustBeLessThan' ? { min_value: rest, strict_min: true } : { max_value: rest, strict_max: true };
        return one('expect_column_proportion_of_non_null_values_to_be_between', range);
      }
      return 'a share of missing values is told from one side only';
    }
    case 'duplicateValues':
      return isStrict(body.limit) && body.columns === null
        ? one('expect_column_values_to_be_unique')
        : 'no expectation counts duplicates so';
    case 'missingValues': {
      if (!isStrict(body.limit)) return 'a share there is one of the values, not of the rows';
      const given = body.missing.filter((value) => value !== null);
      return [
        ...(body.missing.includes(null) ? one('expect_column_values_to_not_be_null') : []),
        ...(given.length > 0 ? one('expect_column_values_to_not_be_in_set', { value_set: given }) : []),
      ];
    }
    case 'invalidValues':
      if (!isStrict(body.limit)) return 'a share there is one of the values, not of the rows';
      return [
        ...(body.valid === null
          ? []
          : one('expect_column_values_to_be_in_set', { value_set: body.valid.filter((value) => value !== null) })),
        ...(body.pattern === null ? [] : one('expect_column_values_to_match_regex', { regex: body.pattern })),
      ];
    case 'check':
      return columnCheck(body, one);
  }
}

const measures: { readonly [check: string]: string } = {
  least: 'expect_column_min_to_be_between',
  greatest: 'expect_column_max_to_be_between',
  mean: 'expect_column_mean_to_be_between',
  median: 'expect_column_median_to_be_between',
  standardDeviation: 'expect_column_stdev_to_be_between',
  sum: 'expect_column_sum_to_be_between',
  distinctCount: 'expect_column_unique_value_count_to_be_between',
};

/** `min_value`, `max_value` and their strictness of a limit; null for those that are no range. */
function rangeOf({ operator, values }: Limit): JsonObject | null {
  const [first, second] = values;
  switch (operator) {
    case 'mustBe':
      return { min_value: first, max_value: first };
    case 'mustBeGreaterThan':
      return { min_value: first, strict_min: true };
    case 'mustBeGreaterOrEqualTo':
      return { min_value: first };
    case 'mustBeLessThan':
      return { max_value: first, strict_max: true };
    case 'mustBeLessOrEqualTo':
      return { max_value: first };
    case 'mustBeBetween':
      return { min_value: first, max_value: second ?? first, strict_min: true, strict_max: true };
    case 'mustNotBe':
    case 'mustNotBeBetween':
      return null;
  }
}

/** As {@link rangeOf}, of a whole number: the expectation of the number of columns has no strict bounds. */
function wholeRangeOf(limit: Limit): JsonObject | null {
  const range = rangeOf(limit);
  if (range === null) return null;
  const [min, max] = [range['min_value'], range['max_value']];
  return {
    ...(typeof min === 'number' && { min_value: range['strict_min'] === true ? Math.floor(min) + 1 : Math.ceil(min) }),
    ...(typeof max === 'number' && { max_value: range['strict_max'] === true ? Math.ceil(max) - 1 : Math.floor(max) }),
  };
}

function columnCheck(
  { check, given, limit }: CheckBody,
  one: (type: string, kwargs?: JsonObject) => readonly Said[],
): readonly Said[] | string {
  const measure = measures[check];
  const range = rangeOf(limit);
  if (check === 'distinctCount' && isStrict(limit)) return one('expect_column_values_to_be_null');
  if (measure !== undefined) return range === null ? 'an expectation has a range, and no hole in it' : one(measure, range);
  if (!isStrict(limit)) return 'a share there is one of the values, not of the rows';
  switch (check) {
    case 'between': {
      const strictly = flagAt(given, 'strictly');
      const [min, max] = [numberAt(given, 'min'), numberAt(given, 'max')];
      return one('expect_column_values_to_be_between', {
        ...(min !== null && { min_value: min, ...(strictly && { strict_min: true }) }),
        ...(max !== null && { max_value: max, ...(strictly && { strict_max: true }) }),
      });
    }
    case 'positive':
      return one('expect_column_values_to_be_between', { min_value: 0, strict_min: true });
    case 'nonNegative':
      return one('expect_column_values_to_be_between', { min_value: 0 });
    case 'negative':
      return one('expect_column_values_to_be_between', { max_value: 0, strict_max: true });
    case 'notZero':
      return one('expect_column_values_to_not_be_in_set', { value_set: [0] });
    case 'notInSet':
      return one('expect_column_values_to_not_be_in_set', { value_set: valuesAt(given, 'values') });
    case 'doesNotMatch':
      return one('expect_column_values_to_not_match_regex', { regex: textAt(given, 'pattern') });
    case 'matchesAny':
      return one('expect_column_values_to_match_regex_list', { regex_list: textsAt(given, 'patterns'), match_on: 'any' });
    case 'lengthBetween': {
      const [min, max] = [numberAt(given, 'min'), numberAt(given, 'max')];
      return one('expect_column_value_lengths_to_be_between', {
        ...(min !== null && { min_value: min }),
        ...(max !== null && { max_value: max }),
      });
    }
    case 'isDate': {
      const format: Json = textAt(given, 'format') === '' ? '%Y-%m-%d' : textAt(given, 'format');
      return one('expect_column_values_to_match_strftime_format', { strftime_format: format });
    }
    case 'isJson':
      return one('expect_column_values_to_be_json_parseable');
    case 'valuesAbsent':
      return one('expect_column_distinct_values_to_contain_set', { value_set: valuesAt(given, 'values') });
    default:
      return 'no expectation says it';
  }
}

/** The expectations that say a rule of the object. */
export function objectRule(body: RuleBody): readonly Said[] | string {
  switch (body.kind) {
    case 'rowCount': {
      const range = rangeOf(body.limit);
      return range === null
        ? 'an expectation has a range, and no hole in it'
        : [{ type: 'expect_table_row_count_to_be_between', kwargs: range }];
    }
    case 'duplicateValues':
      return isStrict(body.limit) && body.columns !== null
        ? [{ type: 'expect_compound_columns_to_be_unique', kwargs: { column_list: body.columns, ignore_row_if: 'any_value_is_missing' } }]
        : 'no expectation counts duplicates so';
    case 'check':
      return objectCheck(body);
    case 'sql':
      return 'a query in the SQL of DuckDB is no expectation';
    case 'custom':
      return `it is for ${body.engine}`;
    case 'nullValues':
    case 'missingValues':
    case 'invalidValues':
      return 'it is a rule of a property';
  }
}

function objectCheck({ check, given, limit }: CheckBody): readonly Said[] | string {
  if (check === 'columnCount') {
    const range = wholeRangeOf(limit);
    return range === null
      ? 'an expectation has a range, and no hole in it'
      : [{ type: 'expect_table_column_count_to_be_between', kwargs: range }];
  }
  if (!isStrict(limit)) return 'no expectation has such a limit';
  if (check === 'columnsAre') {
    const columns = textsAt(given, 'columns');
    return flagAt(given, 'inOrder')
      ? [{ type: 'expect_table_columns_to_match_ordered_list', kwargs: { column_list: columns } }]
      : [{ type: 'expect_table_columns_to_match_set', kwargs: { column_set: columns } }];
  }
  return check === 'compare' ? comparison(given) : 'no expectation says it';
}

function comparison(given: Arguments): readonly Said[] | string {
  const [left, right, is] = [textAt(given, 'left'), textAt(given, 'right'), textAt(given, 'is')];
  const ignore = { ignore_row_if: 'either_value_is_missing' };
  const greater = (a: string, b: string, orEqual: boolean): readonly Said[] => [
    {
      type: 'expect_column_pair_values_a_to_be_greater_than_b',
      kwargs: { column_A: a, column_B: b, ...(orEqual && { or_equal: true }), ...ignore },
    },
  ];
  switch (is) {
    case '>':
      return greater(left, right, false);
    case '>=':
      return greater(left, right, true);
    case '<':
      return greater(right, left, false);
    case '<=':
      return greater(right, left, true);
    case '=':
      return [{ type: 'expect_column_pair_values_to_be_equal', kwargs: { column_A: left, column_B: right, ...ignore } }];
    default:
      return 'no expectation says it';
  }
}
