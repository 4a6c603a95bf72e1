import type { Json } from '@tidegate/formats';
import {
  checkRule,
  libraryRule,
  nearly,
  notTaken,
  none,
  propertyOf,
  ruleOf,
  sqlName,
  sqlRule,
  sqlValue,
  type Taken,
} from '../foreign-rules.ts';
import { type ForeignRange, limitsOf } from '../range-limits.ts';
import { numberIn, textIn, textsIn } from '../read-arguments.ts';
import { type Expectation, rangeOf } from './expectation.ts';
import { hasValue, rulesOfRows } from './rows-that-break.ts';

type Translation = (expectation: Expectation) => readonly Taken[];

const exactly = (value: Json): ForeignRange => ({ min: value, max: value, strictMin: false, strictMax: false });

/** Expectations of the table, and of several of its columns. */
export const tableExpectations: { readonly [type: string]: Translation } = {
  expect_table_row_count_to_be_between: (expectation) => rowCount(expectation, rangeOf(expectation)),
  expect_table_row_count_to_equal: (expectation) => rowCount(expectation, exactly(expectation.kwargs['value'] ?? null)),
  expect_table_column_count_to_be_between: (expectation) => columnCount(rangeOf(expectation)),
  expect_table_column_count_to_equal: ({ kwargs }) => columnCount(exactly(kwargs['value'] ?? null)),
  expect_table_columns_to_match_ordered_list: ({ kwargs }) => {
    const columns = textsIn(kwargs, 'column_list') ?? [];
    return columns.length === 0
      ? [notTaken(null, 'it names no columns')]
      : [ruleOf(null, checkRule('columnsAre', { columns, inOrder: true }))];
  },
  expect_table_columns_to_match_set: ({ kwargs }) => {
    const columns = textsIn(kwargs, 'column_set') ?? [];
    if (columns.length === 0) return [notTaken(null, 'it names no columns')];
    return kwargs['exact_match'] === false
      ? columns.map((column) => propertyOf(column))
      : [ruleOf(null, checkRule('columnsAre', { columns: columns.toSorted() }))];
  },
  expect_column_to_exist: ({ column, kwargs }) => {
    if (column === null) return [notTaken(null, 'it names no column')];
    const index = numberIn(kwargs, 'column_index');
    return [propertyOf(column), ...(index === null ? [] : [nearly(column, `the column is there, but not that it is the one at ${index}`)])];
  },
  expect_column_pair_values_a_to_be_greater_than_b: (expectation) => {
    const pair = pairOf(expectation);
    if (pair === null) return [notTaken(null, 'it names no two columns')];
    const sign = expectation.kwargs['or_equal'] === true ? '>=' : '>';
    return pairRules(expectation, pair, sign);
  },
  expect_column_pair_values_to_be_equal: (expectation) => {
    const pair = pairOf(expectation);
    return pair === null ? [notTaken(null, 'it names no two columns')] : pairRules(expectation, pair, '=');
  },
  expect_column_pair_values_to_be_in_set: pairsInSet,
  expect_compound_columns_to_be_unique: (expectation) => {
    const columns = textsIn(expectation.kwargs, 'column_list') ?? [];
    if (columns.length < 2) return [notTaken(null, 'it names no columns')];
    const of = columns.map(sqlName).join(', ');
    const { where, mostly, kwargs } = expectation;
    const rows = countedRows(columns, textIn(kwargs, 'ignore_row_if') ?? 'all_values_are_missing');
    if (kwargs['ignore_row_if'] === 'any_value_is_missing' && mostly === 1 && where === null)
      return [ruleOf(null, libraryRule('duplicateValues', none, { properties: columns })), ...columns.map((column) => propertyOf(column))];
    const counts = `SELECT count(*) OVER (PARTITION BY ${of}) AS n FROM {object} WHERE ${where === null ? '' : `(${where}) AND `}${rows}`;
    const share = 'coalesce(count(*) FILTER (WHERE n = 1) / nullif(count(*), 0), 1)';
    return [ruleOf(null, sqlRule(`SELECT ${share} FROM (${counts})`, { mustBeGreaterOrEqualTo: mostly }))];
  },
  expect_select_column_values_to_be_unique_within_record: (expectation) =>
    severalColumns(expectation, (columns) =>
      columns
        .flatMap((one, index) => columns.slice(index + 1).map((other) => `${sqlName(one)} IS DISTINCT FROM ${sqlName(other)}`))
        .join(' AND '),
    ),
  expect_multicolumn_values_to_be_equal: (expectation) =>
    severalColumns(expectation, ([first = '', ...others]) =>
      others.map((other) => `${sqlName(first)} IS NOT DISTINCT FROM ${sqlName(other)}`).join(' AND '),
    ),
  expect_multicolumn_sum_to_equal: (expectation) =>
    severalColumns(expectation, (columns) => `${columns.map(sqlName).join(' + ')} = ${sqlValue(expectation.kwargs['sum_total'] ?? null)}`),
  unexpected_rows_expectation: ({ kwargs }) => {
    const query = textIn(kwargs, 'unexpected_rows_query');
    if (query === null) return [notTaken(null, 'it has no query')];
    const own = query.replaceAll('{batch}', '{object}').replace(/[\s;]+$/, '');
    return [
      ruleOf(null, sqlRule(`SELECT count(*) FROM (${own})`, none)),
      nearly(null, "the query runs in DuckDB's SQL, which may differ from the database it was written for"),
    ];
  },
};

function rowCount({ where }: Expectation, range: ForeignRange): readonly Taken[] {
  const limits = limitsOf(range);
  if (limits.length === 0) return [notTaken(null, 'it has no bound')];
  return limits.map((limit) =>
    ruleOf(null, where === null ? libraryRule('rowCount', limit) : sqlRule(`SELECT count(*) FROM {object} WHERE ${where}`, limit)),
  );
}

function columnCount(range: ForeignRange): readonly Taken[] {
  const limits = limitsOf(range);
  return limits.length === 0
    ? [notTaken(null, 'it has no bound')]
    : limits.map((limit) => ruleOf(null, checkRule('columnCount', {}, limit)));
}

type Pair = readonly [string, string];

function pairOf({ kwargs }: Expectation): Pair | null {
  const [a, b] = [textIn(kwargs, 'column_A'), textIn(kwargs, 'column_B')];
  return a === null || b === null ? null : [a, b];
}

/** By default a row counts when one of the two has a value, and with just one it does not keep the statement. */
function pairRules(expectation: Expectation, [a, b]: Pair, sign: '>' | '>=' | '='): readonly Taken[] {
  const ignored = textIn(expectation.kwargs, 'ignore_row_if') ?? 'both_values_are_missing';
  const compare = checkRule('compare', { left: a, is: sign, right: b });
  const plain =
    ignored === 'either_value_is_missing'
      ? [compare]
      : ignored === 'both_values_are_missing'
        ? [compare, checkRule('allOrNone', { columns: [a, b] })]
        : null;
  const good = `${sqlName(a)} ${sign} ${sqlName(b)}`;
  const taken = rulesOfRows({ column: null, counted: countedRows([a, b], ignored), good, plain }, expectation);
  return [propertyOf(a), propertyOf(b), ...taken];
}

function pairsInSet(expectation: Expectation): readonly Taken[] {
  const pair = pairOf(expectation);
  const pairs = expectation.kwargs['value_pairs_set'];
  if (pair === null || !Array.isArray(pairs)) return [notTaken(null, 'it names no two columns, or no pairs of values')];
  const [a, b] = pair.map(sqlName);
  const good = (pairs as readonly Json[]).flatMap((one) => {
    const [left = null, right = null] = Array.isArray(one) ? (one as readonly Json[]) : [];
    return `(${a} IS NOT DISTINCT FROM ${sqlValue(left)} AND ${b} IS NOT DISTINCT FROM ${sqlValue(right)})`;
  });
  const ignored = textIn(expectation.kwargs, 'ignore_row_if') ?? 'both_values_are_missing';
  return rulesOfRows(
    { column: null, counted: countedRows(pair, ignored), good: good.length === 0 ? 'false' : `(${good.join(' OR ')})`, plain: null },
    expectation,
  );
}

function severalColumns(expectation: Expectation, good: (columns: readonly string[]) => string): readonly Taken[] {
  const columns = textsIn(expectation.kwargs, 'column_list') ?? [];
  if (columns.length < 2) return [notTaken(null, 'it names no columns')];
  const ignored = textIn(expectation.kwargs, 'ignore_row_if') ?? 'all_values_are_missing';
  return rulesOfRows({ column: null, counted: countedRows(columns, ignored), good: good(columns), plain: null }, expectation);
}

/** The rows that count, by `ignore_row_if`. */
function countedRows(columns: readonly string[], ignored: string): string {
  const present = columns.map((column) => hasValue(column));
  if (ignored === 'either_value_is_missing' || ignored === 'any_value_is_missing') return present.join(' AND ');
  if (ignored === 'both_values_are_missing' || ignored === 'all_values_are_missing') return `(${present.join(' OR ')})`;
  return 'true';
}
