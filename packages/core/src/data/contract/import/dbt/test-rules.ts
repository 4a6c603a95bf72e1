import type { Json, JsonObject } from '@tidegate/formats';
import {
  checkRule,
  type ImportedProperty,
  type LimitText,
  libraryRule,
  nearly,
  none,
  notTaken,
  propertyOf,
  type RuleText,
  ruleOf,
  sqlName,
  sqlRule,
  sqlValue,
  type Taken,
} from '../foreign-rules.ts';
import type { Expectation } from '../great-expectations/expectation.ts';
import { takenOf } from '../great-expectations/import-suite.ts';
import { listIn, numberIn, textIn, textsIn } from '../read-arguments.ts';
import { referred } from './constraints.ts';
import type { DbtTest } from './dbt-test.ts';

/** What a test says. */
interface Meaning {
  /** Where its rules stand; null for the object. */
  readonly column: string | null;
  /** What says it of all rows when no failure is allowed; null when only SQL does. */
  readonly plain: { readonly rules: readonly RuleText[] } | { readonly members: Partial<ImportedProperty> } | null;
  /** The number of failures among some rows, as the tool counts them; null when only the plain rules say it. */
  readonly failures: ((rows: string) => string) | null;
}

/** The rules of a test, with its `where`, `severity`, `error_if` and `warn_if`. */
export function testTaken(test: DbtTest): readonly Taken[] {
  const { name, column } = test;
  if (!test.isEnabled) return [notTaken(column, 'it is switched off (enabled: false)')];
  if (test.unknownLimit !== null) return [notTaken(column, `"${test.unknownLimit}" is no comparison with a number`)];
  if (name === 'relationships' && test.package === null) return relationship(test);
  if (test.package === 'dbt_expectations') return expectationTaken(test);
  const meaning = meaningOf(test);
  return typeof meaning === 'string' ? [notTaken(column, meaning)] : rulesOf(meaning, test);
}

function rulesOf({ column, plain, failures }: Meaning, test: DbtTest): readonly Taken[] {
  const isDefault = test.limits.length === 1 && test.limits[0]?.limit['mustBe'] === 0 && test.where === null;
  const isWarning = test.limits[0]?.isWarning === true;
  if (isDefault && plain !== null && 'members' in plain && !isWarning && test.description === null && column !== null)
    return [propertyOf(column, plain.members)];
  if (isDefault && plain !== null && 'rules' in plain) return plain.rules.map((rule) => ruleOf(column, withManner(rule, test, isWarning)));
  if (failures === null) return [notTaken(column, 'it cannot be told of some rows, or with a limit')];
  const rows = test.where === null ? '{object}' : `(SELECT * FROM {object} WHERE ${test.where})`;
  return test.limits.map(({ limit, isWarning: warns }) => ruleOf(column, withManner(sqlRule(failures(rows), limit), test, warns)));
}

function withManner(rule: RuleText, { description }: DbtTest, isWarning: boolean): RuleText {
  return { ...(description !== null && { description }), ...rule, ...(isWarning && { severity: 'warning' }) };
}

function meaningOf({ name, package: pack, column, given }: DbtTest): Meaning | string {
  const known = pack === null ? ownTests : pack === 'dbt_utils' ? utilityTests : null;
  if (known === null) return `tests of the package "${pack ?? ''}" are not known`;
  const build = Object.hasOwn(known, name) ? known[name] : undefined;
  if (build === undefined) return 'no check of Tidegate says it';
  return build({ column, given });
}

interface Given {
  readonly column: string | null;
  readonly given: JsonObject;
}
type Tests = { readonly [name: string]: (given: Given) => Meaning | string };

const ofColumn =
  (build: (column: string, given: JsonObject) => Meaning | string): Tests[string] =>
  ({ column, given }) =>
    column === null ? 'it names no column' : build(column, given);

const ownTests: Tests = {
  not_null: ofColumn((column) => ({
    column,
    plain: { members: { required: true } },
    failures: (rows) => `SELECT count(*) FROM ${rows} WHERE ${sqlName(column)} IS NULL`,
  })),
  unique: ofColumn((column) => ({ column, plain: { members: { unique: true } }, failures: repeated([column], true) })),
  accepted_values: ofColumn((column, given) => {
    const values = listIn(given, 'values') ?? [];
    if (values.length === 0) return 'it names no values';
    return {
      column,
      plain: { rules: [libraryRule('invalidValues', none, { validValues: values })] },
      failures: (rows) =>
        `SELECT count(DISTINCT ${sqlName(column)}) FROM ${rows} WHERE ${sqlName(column)} NOT IN (${quotedValues(values, given).join(', ')})`,
    };
  }),
};

const utilityTests: Tests = {
  accepted_range: ofColumn((column, given) => {
    const isStrict = given['inclusive'] === false;
    const [min, max] = [given['min_value'] ?? null, given['max_value'] ?? null];
    if (min === null && max === null) return 'it has no bound';
    // a text is a column or an expression
    const sql = (bound: Json): string => (typeof bound === 'string' ? bound : sqlValue(bound));
    const good = [
      ...(min === null ? [] : [`${sqlName(column)} ${isStrict ? '>' : '>='} ${sql(min)}`]),
      ...(max === null ? [] : [`${sqlName(column)} ${isStrict ? '<' : '<='} ${sql(max)}`]),
    ].join(' AND ');
    const isPlain = [min, max].every((bound) => bound === null || typeof bound === 'number');
    const check = checkRule('between', { ...(min !== null && { min }), ...(max !== null && { max }), ...(isStrict && { strictly: true }) });
    return { column, plain: isPlain ? { rules: [check] } : null, failures: (rows) => `SELECT count(*) FROM ${rows} WHERE NOT (${good})` };
  }),
  not_null_proportion: ofColumn((column, given) => {
    const [low, high] = [numberIn(given, 'at_least') ?? 0, numberIn(given, 'at_most') ?? 1];
    const share = `count(${sqlName(column)}) / nullif(count(*), 0)`;
    return {
      column,
      plain: null,
      failures: (rows) =>
        `SELECT CAST(coalesce(NOT (${share} >= ${sqlValue(low)} AND ${share} <= ${sqlValue(high)}), false) AS INTEGER) FROM ${rows}`,
    };
  }),
  not_accepted_values: ofColumn((column, given) => {
    const values = listIn(given, 'values') ?? [];
    if (values.length === 0) return 'it names no values';
    return {
      column,
      plain: { rules: [checkRule('notInSet', { values })] },
      failures: (rows) =>
        `SELECT count(DISTINCT ${sqlName(column)}) FROM ${rows} WHERE ${sqlName(column)} IN (${quotedValues(values, given).join(', ')})`,
    };
  }),
  at_least_one: ofColumn((column) => ({
    column,
    plain: { rules: [checkRule('distinctCount', {}, { mustBeGreaterThan: 0 })] },
    failures: (rows) => `SELECT CAST(count(${sqlName(column)}) = 0 AS INTEGER) FROM ${rows}`,
  })),
  not_constant: ofColumn((column) => ({
    column,
    plain: { rules: [checkRule('distinctCount', {}, { mustNotBe: 1 })] },
    failures: (rows) => `SELECT CAST(count(DISTINCT ${sqlName(column)}) = 1 AS INTEGER) FROM ${rows}`,
  })),
  not_empty_string: ofColumn((column, given) => {
    const isTrimmed = given['trim_whitespace'] !== false;
    const text = isTrimmed ? `trim(${sqlName(column)})` : sqlName(column);
    return {
      column,
      plain: { rules: [isTrimmed ? checkRule('notBlank') : checkRule('notInSet', { values: [''] })] },
      failures: (rows) => `SELECT count(*) FROM ${rows} WHERE ${text} = ''`,
    };
  }),
  expression_is_true: ({ column, given }) => {
    const expression = textIn(given, 'expression');
    if (expression === null) return 'it has no expression';
    const whole = column === null ? expression : `${sqlName(column)} ${expression}`;
    return {
      column: null,
      plain: { rules: [checkRule('condition', { sql: whole })] },
      failures: (rows) => `SELECT count(*) FROM ${rows} WHERE NOT (${whole})`,
    };
  },
  unique_combination_of_columns: ({ given }) => {
    const columns = textsIn(given, 'combination_of_columns') ?? [];
    if (columns.length === 0) return 'it names no columns';
    return { column: null, plain: { rules: [sqlRule(repeated(columns, false)('{object}'), none)] }, failures: repeated(columns, false) };
  },
};

/** How many combinations of values occur more than once; dbt leaves out missing ones of a single column only. */
function repeated(columns: readonly string[], withoutNull: boolean): (rows: string) => string {
  const names = columns.map(sqlName).join(', ');
  return (rows) =>
    `SELECT count(*) FROM (SELECT ${names} FROM ${rows}${withoutNull ? ` WHERE ${names} IS NOT NULL` : ''} GROUP BY ${names} HAVING count(*) > 1)`;
}

/** Values are texts unless `quote: false`; a number that is written as one is compared as one all the same. */
function quotedValues(values: readonly Json[], given: JsonObject): readonly string[] {
  return values.map((value) => (given['quote'] === false && typeof value === 'string' ? value : sqlValue(value)));
}

function relationship({ column, given }: DbtTest): readonly Taken[] {
  const [to, field] = [textIn(given, 'to'), textIn(given, 'field')];
  if (column === null || to === null || field === null) return [notTaken(column, 'it names no column of another table')];
  return [
    propertyOf(column, { relationships: [{ type: 'foreignKey', to: `${referred(to)}.${field}` }] }),
    nearly(column, 'the relationship is in the document, and rows are not compared with the other table'),
  ];
}

/** dbt_expectations has the expectations of Great Expectations, in SQL. */
function expectationTaken(test: DbtTest): readonly Taken[] {
  const { name, column, given, where, limits, description } = test;
  const [limit] = limits;
  const isPlain = limits.length === 1 && isNone(limit?.limit);
  if (!isPlain) return [notTaken(column, 'a limit of failures has no counterpart for an expectation')];
  const isStrict = given['strictly'] === true;
  const condition = textIn(given, 'row_condition');
  const rows = [where, condition].filter((one) => one !== null).map((one) => `(${one})`);
  const expectation: Expectation = {
    type: name,
    kwargs: {
      ...given,
      ...(column !== null && { column }),
      strict_min: isStrict,
      strict_max: isStrict,
      type_: given['column_type'] ?? null,
      type_list: given['column_type_list'] ?? null,
    },
    column,
    mostly: numberIn(given, 'mostly') ?? 1,
    where: rows.length === 0 ? null : rows.join(' AND '),
    hasUnknownWhere: false,
    severity: limit?.isWarning === true ? 'warning' : null,
    description,
  };
  return takenOf(expectation);
}

function isNone(limit: LimitText | undefined): boolean {
  return limit !== undefined && limit['mustBe'] === 0;
}
