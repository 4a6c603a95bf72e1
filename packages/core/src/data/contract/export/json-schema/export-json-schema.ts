import type { Json, JsonObject, LogicalType } from '@tidegate/formats';
import type { ContractColumn, DataContract } from '../../data-contract.ts';
import { descriptionOf, type Exported, type NotSaid, ruleInShort } from '../exported.ts';
import { ruleKeywords } from './rule-keywords.ts';

const types: Readonly<Record<LogicalType, JsonObject>> = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  timestamp: { type: 'string', format: 'date-time' },
  time: { type: 'string', format: 'time' },
  object: { type: 'object' },
  array: { type: 'array' },
};

/**
 * A row of a dataset as JSON Schema 2020-12: a column that may be without a value may be null or absent. Promises about more than one row have
 * no place in it, nor have warnings; they are told.
 */
export function exportJsonSchema(contract: DataContract): Exported {
  const notSaid: NotSaid[] = [];
  const properties = contract.columns.map((column) => [column.name, propertySchema(contract, column, notSaid)] as const);
  for (const rule of contract.rules)
    notSaid.push({ column: null, what: ruleInShort(rule), why: 'a schema of a row says nothing of a table' });
  if (contract.columns.some(({ keyPosition }) => keyPosition !== null))
    notSaid.push({ column: null, what: 'primaryKey', why: 'a schema of a row says nothing of other rows' });
  const required = contract.columns.filter((column) => column.required || column.keyPosition !== null).map(({ name }) => name);
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: contract.object,
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
  };
  return { text: `${JSON.stringify(schema, null, 2)}\n`, notSaid };
}

function propertySchema(contract: DataContract, column: ContractColumn, notSaid: NotSaid[]): Json {
  const { logicalType, options, name } = column;
  const isNullable = !column.required && column.keyPosition === null;
  const typed = logicalType === null ? {} : types[logicalType];
  const { format, ...bounds } = options;
  const isMoment = logicalType === 'date' || logicalType === 'timestamp' || logicalType === 'time';
  if (isMoment && Object.keys(bounds).length > 0)
    notSaid.push({ column: name, what: 'logicalTypeOptions', why: 'bounds of dates and times have no keyword' });
  const parts: JsonObject[] = [];
  for (const rule of column.rules) {
    const keywords = rule.severity === 'warning' ? 'a schema has no warnings' : ruleKeywords(rule.body, logicalType);
    if (typeof keywords === 'string') notSaid.push({ column: name, what: ruleInShort(rule), why: keywords });
    else parts.push(keywords);
  }
  if (column.unique) notSaid.push({ column: name, what: 'unique', why: 'a schema of a row says nothing of other rows' });
  const description = descriptionOf(contract, column);
  const whole = withNull(
    {
      ...(description !== null && { description }),
      ...typed,
      ...(isMoment ? {} : (bounds as JsonObject)),
      ...(format !== undefined && logicalType === 'string' && { format }),
    },
    isNullable,
  );
  const [first, ...others] = parts.map((part) => withNull(part, isNullable));
  if (first === undefined) return whole;
  const isApart = others.length > 0 || Object.keys(first).some((keyword) => Object.hasOwn(whole, keyword));
  return isApart ? { ...whole, allOf: [first, ...others] } : { ...whole, ...first };
}

/** Other keywords than these pass over null by themselves. */
function withNull(schema: JsonObject, isNullable: boolean): JsonObject {
  if (!isNullable) return schema;
  const { type, enum: values } = schema;
  return {
    ...schema,
    ...(typeof type === 'string' && { type: [type, 'null'] }),
    ...(Array.isArray(values) && !(values as readonly Json[]).includes(null) && { enum: [...(values as readonly Json[]), null] }),
  };
}
