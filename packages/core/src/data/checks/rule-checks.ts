import { unreachable } from '@tidegate/formats';
import { type Dimension, type Limit, noRows, type Rule } from '../contract/data-contract.ts';
import { isFurtherRule } from '../further/further-rules.ts';
import type { Literal } from '../contract/literal.ts';
import { checkMeaning } from './catalogue/check-meaning.ts';
import type { Check, Measure, ShownColumn, Words } from './check.ts';
import { badMissing, type ColumnTarget, valuesOf } from './column-target.ts';
import { limitInWords } from './limit.ts';
import { matches } from './matches.ts';
import { withColumn } from './query-text.ts';
import { isOneOf } from './sql-literal.ts';

/** The checks of `quality:` of a column. */
export function ruleChecks(target: ColumnTarget, columns: RuleContext['columns']): readonly Check[] {
  return target.promised.rules
    .filter((rule) => !isFurtherRule(rule))
    .map((rule) => ruleCheck(rule, { prefix: `${target.name}.`, target, columns, all: [] }));
}

export interface RuleContext {
  /** Stands before the names of its checks. */
  readonly prefix: string;
  /** Null for a rule of the object. */
  readonly target: ColumnTarget | null;
  /** Columns that are there, by name. */
  readonly columns: ReadonlyMap<string, ColumnTarget>;
  /** All columns of the data, in their order, for a rule of the object. */
  readonly all: readonly ShownColumn[];
}

interface Meaning {
  /** Name of the check when the rule has none. */
  readonly name: string;
  readonly promise: string;
  readonly dimension: Dimension;
  readonly measure: Measure;
  readonly shows: Check['shows'];
}

/** One rule as a check. */
export function ruleCheck(rule: Rule, context: RuleContext): Check {
  const { name, promise, dimension, measure, shows } = meaningOf(rule, context);
  return {
    name: `${context.prefix}${rule.name ?? name}`,
    column: context.target?.name ?? null,
    promise,
    dimension: rule.dimension ?? dimension,
    severity: measure.kind === 'known' && measure.verdict === 'inconclusive' ? 'warning' : rule.severity,
    shows,
    measure,
  };
}

function meaningOf(rule: Rule, context: RuleContext): Meaning {
  const { body } = rule;
  switch (body.kind) {
    case 'nullValues':
    case 'missingValues':
    case 'invalidValues':
      return context.target === null ? notMeasured(rule, 'it is a rule of a column') : valuesMeaning(body, context.target);
    case 'duplicateValues':
      return duplicatesMeaning(body, rule, context);
    case 'rowCount':
      return {
        name: 'row_count',
        promise: `the number of rows is ${limitInWords(body.limit)}`,
        dimension: 'coverage',
        measure: { kind: 'count', limit: body.limit },
        shows: [],
      };
    case 'sql': {
      const { query, limit } = body;
      const promise = rule.description ?? `the query ${rule.name ?? 'sql'} gives ${limitInWords(limit)}`;
      const own = withColumn(query, context.target?.name ?? null);
      const measure = { kind: 'query', query: own, limit, path: [...rule.path, 'query'] } as const;
      return { name: 'sql', promise, dimension: 'accuracy', measure, shows: [] };
    }
    case 'check':
      return { name: snakeCase(body.check), ...checkMeaning(rule, body, context) };
    case 'custom':
      return notMeasured(rule, `it is for ${body.engine}`);
    default:
      return unreachable(body);
  }
}

/** Names of checks are in lower case with underscores, as `valid_values`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Never a pass: what cannot be measured is said to be so, and stops nothing. */
function notMeasured(rule: Rule, why: string): Meaning {
  const promise = rule.description ?? `the rule ${rule.name ?? rule.body.kind}`;
  return {
    name: rule.body.kind,
    promise,
    dimension: 'accuracy',
    measure: { kind: 'known', verdict: 'inconclusive', measured: null, finding: `not measured, ${why}` },
    shows: [],
  };
}

type ValuesBody = Extract<Rule['body'], { readonly kind: 'nullValues' | 'missingValues' | 'invalidValues' }>;

function valuesMeaning(body: ValuesBody, target: ColumnTarget): Meaning {
  const { name, sql, type, missing } = target;
  const of = (
    what: Omit<Meaning, 'measure' | 'shows' | 'promise'> & {
      readonly plain: string;
      readonly what: string;
      readonly bad: string;
      readonly count?: string;
      readonly words: Words;
    },
  ): Meaning => ({
    name: what.name,
    dimension: what.dimension,
    promise: isNone(body.limit) ? what.plain : `the ${what.what} of ${name} are ${limitInWords(body.limit)}`,
    measure: {
      kind: 'rows',
      bad: what.bad,
      ...(what.count !== undefined && { count: what.count }),
      limit: body.limit,
      extreme: null,
      words: what.words,
    },
    shows: [target.shown],
  });
  switch (body.kind) {
    case 'nullValues':
      return of({
        name: 'null_values',
        dimension: 'completeness',
        plain: `${name} is never null`,
        what: 'nulls',
        ...badMissing(target),
        words: { one: 'is', many: 'are', instance: false },
      });
    case 'missingValues': {
      const nulls = body.missing.includes(null) ? `${missing} OR ` : '';
      const bad = `${nulls}${isOneOf(sql, type, body.missing)}`;
      return of({
        name: 'missing_values',
        dimension: 'completeness',
        plain: `${name} is never missing`,
        what: 'missing values',
        bad,
        words: { one: 'is', many: 'are', instance: false },
      });
    }
    case 'invalidValues':
      return of({
        name: body.valid === null ? 'valid_pattern' : 'valid_values',
        dimension: 'conformity',
        plain: `${name} ${validInWords(body.valid, body.pattern)}`,
        what: 'invalid values',
        bad: `NOT ${missing} AND NOT (${validSql(target, body.valid, body.pattern)})`,
        words:
          body.valid === null ? { one: 'does not', many: 'do not', instance: true } : { one: 'is not', many: 'are not', instance: true },
      });
    default:
      return unreachable(body);
  }
}

function isNone({ operator, values }: Limit): boolean {
  return operator === noRows.operator && values[0] === noRows.values[0];
}

function validSql({ sql, type }: ColumnTarget, valid: readonly Literal[] | null, pattern: string | null): string {
  const parts = valid === null ? [] : [isOneOf(sql, type, valid)];
  return [...parts, ...(pattern === null ? [] : [matches(`CAST(${sql} AS VARCHAR)`, pattern)])].join(' AND ');
}

/** Values named one by one in a sentence. */
const namedValues = 6;

function validInWords(valid: readonly Literal[] | null, pattern: string | null): string {
  const matches = pattern === null ? [] : [`matches ${pattern}`];
  if (valid === null) return matches.join('');
  const list = valid.length > namedValues ? `${valid.length} valid values` : valid.map((value) => String(value)).join(', ');
  return [`is one of ${list}`, ...matches].join(' and ');
}

function duplicatesMeaning(
  body: Extract<Rule['body'], { readonly kind: 'duplicateValues' }>,
  rule: Rule,
  { target, columns }: RuleContext,
): Meaning {
  const names = body.columns ?? (target === null ? [] : [target.name]);
  const targets = body.columns === null ? (target === null ? [] : [target]) : names.flatMap((name) => columns.get(name) ?? []);
  const absent = names.filter((name) => !targets.some((one) => one.name === name));
  if (absent.length > 0) return notMeasured(rule, `column ${absent.join(', ')} is missing`);
  const promise = isNone(body.limit)
    ? `${names.join(', ')} ${names.length === 1 ? 'is unique' : 'are unique together'}`
    : `the duplicates of ${names.join(', ')} are ${limitInWords(body.limit)}`;
  const measure = { kind: 'repeats', columns: targets.map(valuesOf), limit: body.limit } as const;
  return { name: 'duplicate_values', promise, dimension: 'uniqueness', measure, shows: targets.map(({ shown }) => shown) };
}
