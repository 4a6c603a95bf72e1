import type { LogicalType } from '@tidegate/formats';
import { flagAt, numberAt, textAt, textsAt, valuesAt } from '../../check-arguments.ts';
import type { ContractColumn, RuleBody } from '../../data-contract.ts';
import type { Literal } from '../../literal.ts';
import { isStrict } from '../exported.ts';
import type { Dialect } from './dialect.ts';

/** A condition of a CHECK, or why there is none; NULL breaks no condition. */
export type Condition = { readonly sql: string } | { readonly why: string };

/** A value in SQL for a column of the type. */
export function literal(value: Literal, { type, dialect }: { readonly type: LogicalType | null; readonly dialect: Dialect }): string {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : String(value).replace(/^(-?\d+)e/, '$1.0e');
  if (typeof value === 'boolean') return dialect.name === 'sqlite' ? String(Number(value)) : String(value);
  if (value === null) return 'NULL';
  const isNumeric = type === 'integer' || type === 'number';
  if (isNumeric && value.trim() !== '' && Number.isFinite(Number(value))) return String(Number(value));
  return dialect.quoteText(value);
}

/** What `logicalTypeOptions` say of a value. */
export function optionConditions(column: ContractColumn, dialect: Dialect): readonly Condition[] {
  const { options, logicalType: type } = column;
  const name = dialect.quoteName(column.name);
  const bound = (sign: string, value: number | string | undefined): readonly Condition[] =>
    value === undefined ? [] : [{ sql: `${name} ${sign} ${literal(momentText(value, type), { type, dialect })}` }];
  const { multipleOf, minLength, maxLength, pattern, format, minItems, maxItems, uniqueItems } = options;
  return [
    ...typeConditions(name, type, dialect),
    ...bound('>=', options.minimum),
    ...bound('<=', options.maximum),
    ...bound('>', options.exclusiveMinimum),
    ...bound('<', options.exclusiveMaximum),
    ...(minLength === undefined ? [] : [{ sql: `${dialect.length(name)} >= ${minLength}` }]),
    ...(maxLength === undefined ? [] : [{ sql: `${dialect.length(name)} <= ${maxLength}` }]),
    ...(pattern === undefined ? [] : [matching(name, pattern, dialect)]),
    ...(multipleOf === undefined ? [] : [multiples(name, multipleOf, type)]),
    ...(type === 'string' && format !== undefined ? [{ why: `the format ${format} is no condition` }] : []),
    ...((minItems ?? maxItems ?? uniqueItems) === undefined ? [] : [{ why: 'lists are kept as JSON, and their items not counted' }]),
  ];
}

/** SQLite takes any value in any column, so that its types are conditions. */
function typeConditions(name: string, type: LogicalType | null, dialect: Dialect): readonly Condition[] {
  if (dialect.name !== 'sqlite' || type === null) return [];
  const kinds: Readonly<Partial<Record<LogicalType, string>>> = {
    integer: "('integer')",
    number: "('integer', 'real')",
    boolean: "('integer')",
    string: "('text')",
  };
  const kind = kinds[type];
  if (kind === undefined) return [];
  return [{ sql: `(${name} IS NULL OR typeof(${name}) IN ${kind})` }, ...(type === 'boolean' ? [{ sql: `${name} IN (0, 1)` }] : [])];
}

/** Moments are in UTC, and databases have them without an offset. */
function momentText(value: number | string, type: LogicalType | null): number | string {
  if (typeof value === 'number' || type !== 'timestamp') return value;
  const hasOffset = /(Z|[+-]\d{2}:\d{2})$/.test(value);
  const moment = new Date(hasOffset || !/[T ]/.test(value) ? value : `${value.replace(' ', 'T')}Z`);
  return Number.isNaN(moment.getTime()) ? value : moment.toISOString().slice(0, 23).replace('T', ' ');
}

function matching(name: string, pattern: string, { matches }: Dialect): Condition {
  return matches === null ? { why: 'the database has no patterns of its own' } : { sql: matches(name, pattern) };
}

function multiples(name: string, of: number, type: LogicalType | null): Condition {
  return type === 'integer' && Number.isSafeInteger(of)
    ? { sql: `${name} % ${of} = 0` }
    : { why: 'a multiple of a fraction has no exact condition' };
}

/** What a rule says of each value. */
export function ruleCondition(body: RuleBody, column: ContractColumn, dialect: Dialect): Condition {
  const name = dialect.quoteName(column.name);
  const { logicalType: type } = column;
  const list = (values: readonly Literal[]): string => values.map((value) => literal(value, { type, dialect })).join(', ');
  if (body.kind === 'sql') return { why: 'a query is no condition of a row' };
  if (body.kind === 'custom') return { why: `it is for ${body.engine}` };
  if (!isStrict(body.limit)) return { why: 'a condition holds for each row, not for a share of them' };
  switch (body.kind) {
    case 'nullValues':
      return { sql: `${name} IS NOT NULL` };
    case 'missingValues':
      return {
        sql: [
          ...(body.missing.includes(null) ? [`${name} IS NOT NULL`] : []),
          ...(body.missing.some((value) => value !== null)
            ? [`${name} NOT IN (${list(body.missing.filter((value) => value !== null))})`]
            : []),
        ].join(' AND '),
      };
    case 'invalidValues': {
      const valid = body.valid?.filter((value) => value !== null) ?? null;
      if (body.pattern !== null && dialect.matches === null) return { why: 'the database has no patterns of its own' };
      const parts = [
        ...(valid === null || valid.length === 0 ? [] : [`${name} IN (${list(valid)})`]),
        ...(body.pattern === null || dialect.matches === null ? [] : [dialect.matches(name, body.pattern)]),
      ];
      return parts.length === 0 ? { why: 'no value is valid' } : { sql: parts.join(' AND ') };
    }
    case 'duplicateValues':
    case 'rowCount':
      return { why: 'a condition of a row says nothing of other rows' };
    case 'check':
      return checkCondition(body, { name, type, dialect, list });
  }
}

interface Target {
  readonly name: string;
  readonly type: LogicalType | null;
  readonly dialect: Dialect;
  readonly list: (values: readonly Literal[]) => string;
}

function checkCondition(body: Extract<RuleBody, { readonly kind: 'check' }>, { name, type, dialect, list }: Target): Condition {
  const { given, check } = body;
  switch (check) {
    case 'notInSet':
      return { sql: `${name} NOT IN (${list(valuesAt(given, 'values'))})` };
    case 'between': {
      const strictly = flagAt(given, 'strictly') ? '' : '=';
      const [min, max] = [numberAt(given, 'min'), numberAt(given, 'max')];
      const parts = [
        ...(min === null ? [] : [`${name} >${strictly} ${literal(min, { type, dialect })}`]),
        ...(max === null ? [] : [`${name} <${strictly} ${literal(max, { type, dialect })}`]),
      ];
      return { sql: parts.join(' AND ') };
    }
    case 'positive':
      return { sql: `${name} > 0` };
    case 'negative':
      return { sql: `${name} < 0` };
    case 'nonNegative':
      return { sql: `${name} >= 0` };
    case 'notZero':
      return { sql: `${name} <> 0` };
    case 'notBlank':
      return { sql: `trim(${name}) <> ''` };
    case 'trimmed':
      return { sql: `${dialect.length(`trim(${name})`)} = ${dialect.length(name)}` };
    case 'lengthBetween': {
      const [min, max] = [numberAt(given, 'min'), numberAt(given, 'max')];
      const length = dialect.length(name);
      return { sql: [...(min === null ? [] : [`${length} >= ${min}`]), ...(max === null ? [] : [`${length} <= ${max}`])].join(' AND ') };
    }
    case 'matchesAny':
    case 'doesNotMatch': {
      const { matches } = dialect;
      if (matches === null) return { why: 'the database has no patterns of its own' };
      return check === 'doesNotMatch'
        ? { sql: `NOT (${matches(name, textAt(given, 'pattern'))})` }
        : {
            sql: `(${textsAt(given, 'patterns')
              .map((pattern) => matches(name, pattern))
              .join(' OR ')})`,
          };
    }
    default:
      return { why: 'no condition of SQL says it' };
  }
}
