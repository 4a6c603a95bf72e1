import type { Json } from '@tidegate/formats';
import { textAt, textsAt, valuesAt } from '../../check-arguments.ts';
import { type ContractColumn, type DataContract, type Rule } from '../../data-contract.ts';
import { descriptionOf, type Exported, isStrict, type NotSaid, rawAt, ruleInShort } from '../exported.ts';
import { type Condition, literal, optionConditions, ruleCondition } from './column-conditions.ts';
import { type Dialect, type DialectName, dialectOf } from './dialect.ts';

interface Table {
  readonly contract: DataContract;
  readonly dialect: Dialect;
  readonly notSaid: NotSaid[];
}

/**
 * A table that can hold nothing but what the data contract promises of each row and of keys: types, NOT NULL, PRIMARY KEY, UNIQUE, FOREIGN KEY,
 * and CHECK for bounds, values, lengths, patterns and comparisons of columns. Every name is quoted. What no constraint says is told.
 */
export function exportSql(contract: DataContract, name: DialectName): Exported {
  const table: Table = { contract, dialect: dialectOf(name), notSaid: [] };
  const { dialect } = table;
  const own = dialect.quoteName(contract.object);
  const lines = [
    ...contract.columns.map((column) => columnLine(column, table)),
    ...keyLines(table),
    ...contract.columns.flatMap((column) => checkLines(column, table)),
    ...contract.rules.flatMap((rule) => objectLines(rule, table)),
    ...contract.columns.flatMap((column) => foreignKeys(column, table)),
  ];
  const comments = dialect.comments === 'statements' ? commentStatements(table) : '';
  // so that texts are compared as they are, as everywhere else
  const suffix = dialect.name === 'mysql' ? ' DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin' : '';
  return { text: `CREATE TABLE ${own} (\n  ${lines.join(',\n  ')}\n)${suffix};\n${comments}`, notSaid: table.notSaid };
}

function isInKey(column: ContractColumn, { contract }: Table): boolean {
  const inRule = contract.rules.some(({ body }) => body.kind === 'duplicateValues' && body.columns?.includes(column.name));
  const own = column.rules.some(({ body }) => body.kind === 'duplicateValues');
  return column.keyPosition !== null || column.unique || inRule || own;
}

function columnLine(column: ContractColumn, table: Table): string {
  const { dialect, contract, notSaid } = table;
  const type = column.logicalType ?? 'string';
  if (column.logicalType === null)
    notSaid.push({ column: column.name, what: 'logicalType', why: `no type is promised, so that it is ${dialect.types.string}` });
  const isKeyText = type === 'string' && dialect.keyText !== null && isInKey(column, table);
  const sqlType = isKeyText && dialect.keyText !== null ? dialect.keyText(column.options.maxLength ?? null) : dialect.types[type];
  const isRequired = column.required || column.keyPosition !== null;
  const description = descriptionOf(contract, column);
  const comment = dialect.comments === 'inline' && description !== null ? ` COMMENT ${dialect.quoteText(description)}` : '';
  return `${dialect.quoteName(column.name)} ${sqlType}${isRequired ? ' NOT NULL' : ''}${comment}`;
}

function keyLines({ contract, dialect }: Table): readonly string[] {
  const key = contract.columns
    .filter(({ keyPosition }) => keyPosition !== null)
    .toSorted((a, b) => (a.keyPosition ?? 0) - (b.keyPosition ?? 0))
    .map(({ name }) => dialect.quoteName(name));
  const isOnlyKey = ({ keyPosition }: ContractColumn): boolean => keyPosition !== null && key.length === 1;
  return [
    ...(key.length === 0 ? [] : [`PRIMARY KEY (${key.join(', ')})`]),
    ...contract.columns.filter((column) => column.unique && !isOnlyKey(column)).map(({ name }) => `UNIQUE (${dialect.quoteName(name)})`),
  ];
}

function checkLines(column: ContractColumn, { dialect, notSaid }: Table): readonly string[] {
  const take = (condition: Condition, what: string): readonly string[] => {
    if ('sql' in condition) return [`CHECK (${condition.sql})`];
    notSaid.push({ column: column.name, what, why: condition.why });
    return [];
  };
  return [
    ...optionConditions(column, dialect).flatMap((condition) => take(condition, 'logicalTypeOptions')),
    ...column.rules.flatMap((rule) => {
      if (rule.severity === 'warning') return take({ why: 'a table refuses a row or takes it, and warns of none' }, ruleInShort(rule));
      if (rule.body.kind === 'duplicateValues' && isStrict(rule.body.limit)) return [`UNIQUE (${dialect.quoteName(column.name)})`];
      return take(ruleCondition(rule.body, column, dialect), ruleInShort(rule));
    }),
  ];
}

/** Rules of several columns. */
function objectLines(rule: Rule, { dialect, notSaid, contract }: Table): readonly string[] {
  const refuse = (why: string): readonly string[] => {
    notSaid.push({ column: null, what: ruleInShort(rule), why });
    return [];
  };
  if (rule.severity === 'warning') return refuse('a table refuses a row or takes it, and warns of none');
  const { body } = rule;
  if (body.kind === 'duplicateValues' && isStrict(body.limit))
    return [`UNIQUE (${(body.columns ?? []).map((name) => dialect.quoteName(name)).join(', ')})`];
  if (body.kind !== 'check' || !isStrict(body.limit)) return refuse('a constraint holds for each row, and says nothing of a table');
  const { given, check } = body;
  const name = (column: string): string => dialect.quoteName(column);
  const counted = (columns: readonly string[]): string =>
    columns.map((column) => `CASE WHEN ${name(column)} IS NULL THEN 0 ELSE 1 END`).join(' + ');
  const columns = textsAt(given, 'columns');
  switch (check) {
    case 'compare':
      return [`CHECK (${name(textAt(given, 'left'))} ${textAt(given, 'is')} ${name(textAt(given, 'right'))})`];
    case 'allOrNone':
      return [`CHECK (${counted(columns)} IN (0, ${columns.length}))`];
    case 'atLeastOne':
      return [`CHECK (${counted(columns)} >= 1)`];
    case 'exactlyOne':
      return [`CHECK (${counted(columns)} = 1)`];
    case 'requiredWhen': {
      const type = contract.columns.find((column) => column.name === textAt(given, 'when'))?.logicalType ?? null;
      const values = valuesAt(given, 'is').map((value) => literal(value, { type, dialect }));
      return [`CHECK (NOT (${name(textAt(given, 'when'))} IN (${values.join(', ')}) AND ${name(textAt(given, 'column'))} IS NULL))`];
    }
    case 'condition':
      return dialect.name === 'duckdb' ? [`CHECK (${textAt(given, 'sql')}\n  )`] : refuse("it is written in DuckDB's SQL");
    default:
      return refuse('no constraint of SQL says it');
  }
}

/** `relationships` of a property: `to: stores.id`. */
function foreignKeys(column: ContractColumn, { contract, dialect, notSaid }: Table): readonly string[] {
  const { relationships } = rawAt(contract, column.path);
  if (!Array.isArray(relationships)) return [];
  return (relationships as readonly Json[]).flatMap((relationship) => {
    const to =
      typeof relationship === 'object' && relationship !== null && !Array.isArray(relationship)
        ? (relationship as { readonly to?: Json }).to
        : null;
    const [, there, field] = /^(?:schema\/)?([^./]+)(?:\.|\/properties\/)([^./]+)$/.exec(typeof to === 'string' ? to : '') ?? [];
    if (there === undefined || field === undefined) {
      notSaid.push({ column: column.name, what: `relationship to ${JSON.stringify(to ?? null)}`, why: 'it names no column of one table' });
      return [];
    }
    return [`FOREIGN KEY (${dialect.quoteName(column.name)}) REFERENCES ${dialect.quoteName(there)} (${dialect.quoteName(field)})`];
  });
}

function commentStatements({ contract, dialect }: Table): string {
  const own = dialect.quoteName(contract.object);
  return contract.columns
    .flatMap((column) => {
      const description = descriptionOf(contract, column);
      return description === null
        ? []
        : [`COMMENT ON COLUMN ${own}.${dialect.quoteName(column.name)} IS ${dialect.quoteText(description)};\n`];
    })
    .join('');
}
