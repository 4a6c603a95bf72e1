import type { Json, JsonObject } from '@tidegate/formats';
import { assemble, type Part } from '../assemble.ts';
import {
  checkRule,
  type ImportedContract,
  nearly,
  type NotTaken,
  notTaken,
  propertyOf,
  ruleOf,
  sqlName,
  type Taken,
} from '../foreign-rules.ts';
import { asObject, textIn, textsIn } from '../read-arguments.ts';
import { propertyTaken } from './property-keywords.ts';
import { schemasAt } from './schema-at.ts';

/** Keywords of the row that say something that no check of a table says. */
const untold = [
  'oneOf',
  'anyOf',
  'not',
  'if',
  'patternProperties',
  'propertyNames',
  'unevaluatedProperties',
  'dependentSchemas',
  'minProperties',
  'maxProperties',
];

/**
 * A JSON Schema (draft-07, 2019-09 or 2020-12) of a row, or of a list of rows, as a data contract: its properties are columns. A column
 * may be without a value when its property is not required, or may be null.
 * @returns null when the document describes no object
 */
export function importJsonSchema(document: Json, dataset: string): ImportedContract | null {
  const root = asObject(document);
  if (root === null) return null;
  const rows = rowSchemas(root);
  if (rows === null || !rows.some((schema) => asObject(schema['properties']) !== null)) return null;
  const required = new Set(rows.flatMap((schema) => textsIn(schema, 'required') ?? []));
  const properties = rows.flatMap((schema) => Object.entries(asObject(schema['properties']) ?? {}));
  const names = [...new Set(properties.map(([name]) => name))];
  const parts: Part[] = properties.map(([name, schema]) => propertyPart(root, { name, schema, isRequired: required.has(name) }));
  for (const name of required)
    if (!names.includes(name)) parts.push({ what: `required: ${name}`, taken: [propertyOf(name, { required: true })] });
  for (const schema of rows) parts.push(...rowParts(schema, names));
  const description = textIn(root, 'description');
  const title = textIn(root, 'title');
  return assemble({
    id: dataset,
    description: description ?? title,
    objects: [{ name: dataset, ...(description !== null && { description }), parts }],
    notTaken: remoteIds(root),
  });
}

/** A list of rows is described by what its items are. */
function rowSchemas(root: JsonObject): readonly JsonObject[] | null {
  const own = schemasAt(root, root);
  if (!own.ok) return null;
  const items = own.schemas.find((schema) => schema['type'] === 'array' && schema['items'] !== undefined)?.['items'];
  if (items === undefined) return own.schemas;
  const ofItems = schemasAt(root, items);
  return ofItems.ok ? ofItems.schemas : null;
}

function propertyPart(
  root: Json,
  { name, schema, isRequired }: { readonly name: string; readonly schema: Json; readonly isRequired: boolean },
): Part {
  const what = `${name}: ${JSON.stringify(schema).slice(0, 200)}`;
  const resolved = schemasAt(root, schema);
  if (!resolved.ok) return { what, taken: [propertyOf(name), notTaken(name, resolved.why)] };
  return { what, taken: propertyTaken(name, { root, schemas: resolved.schemas, isRequired }) };
}

function rowParts(schema: JsonObject, names: readonly string[]): readonly Part[] {
  const parts: Part[] = untold
    .filter((keyword) => schema[keyword] !== undefined)
    .map((keyword) => ({ what: `${keyword} of the row`, taken: [notTaken(null, 'no check of a table says it')] }));
  if (schema['additionalProperties'] === false && names.length > 0)
    parts.push({ what: 'additionalProperties: false', taken: [ruleOf(null, checkRule('columnsAre', { columns: names }))] });
  else if (asObject(schema['additionalProperties']) !== null)
    parts.push({ what: 'additionalProperties', taken: [notTaken(null, 'columns that are not named have no checks')] });
  const dependent = { ...asObject(schema['dependentRequired']), ...dependencies(schema) };
  for (const [name, needed] of Object.entries(dependent))
    for (const other of Array.isArray(needed) ? (needed as readonly Json[]) : [])
      parts.push({ what: `dependentRequired: ${name}`, taken: dependency(name, String(other)) });
  return parts;
}

/** `dependencies` of draft-07, as far as they are lists. */
function dependencies(schema: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(asObject(schema['dependencies']) ?? {}).filter(([, needed]) => Array.isArray(needed)));
}

function dependency(name: string, other: string): readonly Taken[] {
  return [ruleOf(null, checkRule('condition', { sql: `${sqlName(name)} IS NULL OR ${sqlName(other)} IS NOT NULL` }))];
}

function remoteIds(root: JsonObject): readonly NotTaken[] {
  const draft = textIn(root, '$schema');
  if (draft === null || /draft-0[467]|2019-09|2020-12/.test(draft)) return [];
  const { why, isNearly } = { ...nearly(null, ''), why: `it is read as 2020-12`, isNearly: true };
  return [{ column: null, object: null, what: `$schema: ${draft}`, why, isNearly }];
}
