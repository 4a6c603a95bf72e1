import type { Json } from '@tidegate/formats';

/** A JSON Schema as far as those of the Open Data Contract Standard go. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly required?: readonly string[];
  readonly properties?: { readonly [name: string]: Schema };
  readonly additionalProperties?: boolean | Schema;
  readonly unevaluatedProperties?: boolean;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly if?: Schema;
  readonly then?: Schema;
  readonly not?: Schema;
}

/** The schema that `$ref` stands for, within the same document. */
export function resolved({ $ref = '' }: Schema, root: Schema): Schema {
  let found: unknown = root;
  for (const part of $ref.split('/').slice(1))
    found = typeof found === 'object' && found !== null ? (found as { readonly [name: string]: unknown })[part] : null;
  if (typeof found !== 'object' || found === null) throw new Error(`Cannot find "${$ref}" in the schema; please report this`);
  return found;
}

/** Every name that a mapping could have by a schema, under whatever condition, in the order of the schema. */
export function knownNames(schema: Schema, root: Schema): readonly string[] {
  const found = known.get(schema) ?? namesOf(schema, root);
  known.set(schema, found);
  return found;
}

/** A hundred thousand wrong names may all ask for those of one schema. */
const known = new WeakMap<Schema, readonly string[]>();

function namesOf(schema: Schema, root: Schema): readonly string[] {
  const names = new Set<string>();
  const seen = new Set<Schema>();
  const walk = (one: Schema | undefined): void => {
    if (one === undefined || seen.has(one)) return;
    seen.add(one);
    for (const name of Object.keys(one.properties ?? {})) names.add(name);
    if (one.$ref !== undefined) walk(resolved(one, root));
    for (const part of [...(one.allOf ?? []), ...(one.anyOf ?? []), ...(one.oneOf ?? []), one.then]) walk(part);
  };
  walk(schema);
  return [...names];
}
