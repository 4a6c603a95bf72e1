import { flagAt, numberAt, textAt, textsAt, valuesAt } from '../../contract/check-arguments.ts';
import { groupColumn } from '../check.ts';
import type { ColumnTarget } from '../column-target.ts';
import { isOneOf } from '../sql-literal.ts';
import { tuple } from '../tuple.ts';
import { doesNot, listed, type ObjectBuilder, otherwise } from './built.ts';
import { rangeInWords, rangeSql } from './range.ts';

const names = (targets: readonly ColumnTarget[]): string => targets.map(({ name }) => name).join(', ');
const shown = (targets: readonly ColumnTarget[]): readonly ColumnTarget['shown'][] => targets.map((target) => target.shown);
/** How many of the columns have a value. */
const present = (targets: readonly ColumnTarget[]): string => targets.map(({ missing }) => `CAST(NOT (${missing}) AS INTEGER)`).join(' + ');
const doNot = { ...doesNot, instance: false };

const comparisons: Readonly<Record<string, string>> = {
  '<': 'below',
  '<=': 'at most',
  '=': 'equal to',
  '<>': 'other than',
  '>=': 'at least',
  '>': 'above',
};

/** Checks that look at several columns, or at the table as a whole. */
export const objectChecks = {
  compare: ({ given, column }) => {
    const [left, right, is] = [column('left'), column('right'), textAt(given, 'is')];
    return {
      kind: 'rows',
      says: `${left.name} is ${comparisons[is] ?? is} ${right.name}`,
      dimension: 'consistency',
      bad: `NOT (${left.sql} ${is} ${right.sql})`,
      words: otherwise,
      shows: shown([left, right]),
    };
  },
  allOrNone: ({ columns }) => {
    const of = columns('columns');
    return {
      kind: 'rows',
      says: `${names(of)} have a value in the same rows`,
      dimension: 'consistency',
      bad: `${present(of)} NOT IN (0, ${of.length})`,
      words: { one: 'has some of them', many: 'have some of them', instance: false },
      shows: shown(of),
    };
  },
  atLeastOne: ({ columns }) => {
    const of = columns('columns');
    return {
      kind: 'rows',
      says: `at least one of ${names(of)} has a value`,
      dimension: 'completeness',
      bad: `${present(of)} = 0`,
      words: { one: 'has none', many: 'have none', instance: false },
      shows: shown(of),
    };
  },
  exactlyOne: ({ columns }) => {
    const of = columns('columns');
    return {
      kind: 'rows',
      says: `exactly one of ${names(of)} has a value`,
      dimension: 'consistency',
      bad: `${present(of)} <> 1`,
      words: doNot,
      shows: shown(of),
    };
  },
  sumOf: ({ given, columns, column }) => {
    const [of, total, within] = [columns('columns'), column('equals'), numberAt(given, 'within')];
    const difference = `abs(${of.map(({ sql }) => `CAST(${sql} AS DOUBLE)`).join(' + ')} - CAST(${total.sql} AS DOUBLE))`;
    return {
      kind: 'rows',
      says: `${of.map(({ name }) => name).join(' + ')} is ${total.name}${within === null ? '' : ` within ${within}`}`,
      dimension: 'consistency',
      // without a tolerance what floating-point numbers lose by themselves is allowed
      bad: `${difference} > ${within ?? `1e-9 * greatest(1, abs(CAST(${total.sql} AS DOUBLE)))`}`,
      words: { ...otherwise, instance: false },
      shows: shown([...of, total]),
    };
  },
  requiredWhen: ({ given, column }) => {
    const [target, when, values] = [column('column'), column('when'), valuesAt(given, 'is')];
    return {
      kind: 'rows',
      says: `${target.name} has a value where ${when.name} is ${listed(values)}`,
      dimension: 'completeness',
      bad: `${isOneOf(when.sql, when.type, values)} AND ${target.missing}`,
      words: { one: 'has none', many: 'have none', instance: false },
      shows: shown([when, target]),
    };
  },
  condition: ({ given }) => {
    const condition = textAt(given, 'sql');
    // the line end closes a comment at the end of the condition
    return {
      kind: 'query',
      says: `each row is such that ${condition}`,
      dimension: 'accuracy',
      query: `SELECT count(*) FROM {object} WHERE NOT (${condition}\n)`,
      words: { one: 'is not', many: 'are not', instance: false },
      argument: 'sql',
    };
  },
  duplicateRows: ({ all }) => {
    const row = `row(${all.map(({ sql }) => sql).join(', ')})`;
    return {
      kind: 'number',
      what: 'the number of rows that repeat another in every column',
      dimension: 'uniqueness',
      aggregate: `count(*) - count(DISTINCT ${row})`,
      unit: 'plain',
      isHidden: false,
    };
  },
  determines: ({ columns, column }) => {
    const [of, target] = [columns('columns'), column('column')];
    return {
      kind: 'groups',
      says: `${names(of)} determines ${target.name}`,
      dimension: 'consistency',
      columns: shown(of),
      aggregate: `count(DISTINCT ${target.sql})`,
      bad: `${groupColumn} > 1`,
      words: { one: 'has several values', many: 'have several values', instance: true },
    };
  },
  rowsInGroup: ({ given, columns }) => {
    const of = columns('columns');
    const range = { min: numberAt(given, 'min') ?? (numberAt(given, 'max') === null ? 1 : null), max: numberAt(given, 'max') };
    return {
      kind: 'groups',
      says: `each ${names(of)} has ${rangeInWords(range)} rows`,
      dimension: 'completeness',
      columns: shown(of),
      aggregate: 'count(*)',
      bad: rangeSql(groupColumn, range),
      words: doesNot,
    };
  },
  distinctTogether: ({ columns }) => {
    const of = columns('columns');
    const { one, present: all } = tuple(shown(of));
    return {
      kind: 'number',
      what: `the number of different ${names(of)} together`,
      dimension: 'uniqueness',
      aggregate: `count(DISTINCT ${one}) FILTER (WHERE ${all})`,
      unit: 'plain',
      isHidden: false,
    };
  },
  shareOfLargestGroup: ({ columns }) => {
    const of = columns('columns');
    const { one } = tuple(shown(of));
    return {
      kind: 'number',
      what: `the share of the largest group of ${names(of)}`,
      dimension: 'coverage',
      aggregate: `100.0 * list_max(map_values(histogram(CAST(${one} AS VARCHAR)))) / nullif(count(${one}), 0)`,
      unit: 'percent',
      isHidden: false,
    };
  },
  ratioOfSums: ({ column }) => {
    const [above, below] = [column('numerator'), column('denominator')];
    return {
      kind: 'number',
      what: `the sum of ${above.name} by the sum of ${below.name}`,
      dimension: 'accuracy',
      aggregate: `sum(CAST(${above.sql} AS DOUBLE)) / nullif(sum(CAST(${below.sql} AS DOUBLE)), 0)`,
      unit: 'plain',
      isHidden: above.personal || below.personal,
    };
  },
  columnCount: ({ all }) => ({
    kind: 'number',
    what: 'the number of columns',
    dimension: 'conformity',
    aggregate: `CAST(${all.length} AS INTEGER) + 0 * count(*)`,
    unit: 'plain',
    isHidden: false,
  }),
  columnsAre: ({ given, all }) => {
    const wanted = textsAt(given, 'columns');
    const found = all.map(({ name }) => name);
    const inOrder = flagAt(given, 'inOrder');
    const absent = wanted.filter((name) => !found.includes(name));
    const extra = found.filter((name) => !wanted.includes(name));
    const holds = absent.length === 0 && extra.length === 0 && (!inOrder || wanted.join('\n') === found.join('\n'));
    const faults = [...(absent.length > 0 ? [`${listed(absent)} missing`] : []), ...(extra.length > 0 ? [`${listed(extra)} besides`] : [])];
    return {
      kind: 'known',
      says: `the columns are ${listed(wanted)}${inOrder ? ' in this order' : ''}`,
      dimension: 'conformity',
      holds,
      finding: holds ? 'they are' : faults.length > 0 ? faults.join(', ') : `their order is ${listed(found)}`,
    };
  },
} as const satisfies { readonly [name: string]: ObjectBuilder };
