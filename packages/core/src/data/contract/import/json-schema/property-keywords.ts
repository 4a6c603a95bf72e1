import type { Json, JsonObject, LogicalType } from '@tidegate/formats';
import { checkRule, type ImportedProperty, libraryRule, nearly, none, notTaken, propertyOf, ruleOf, type Taken } from '../foreign-rules.ts';
import { patternForRe2 } from '../pattern-for-re2.ts';
import { listIn, numberIn, objectIn, textIn } from '../read-arguments.ts';
import { schemasAt } from './schema-at.ts';

interface Context {
  readonly root: Json;
  /** Schemas that hold together. */
  readonly schemas: readonly JsonObject[];
  /** Whether the row must have the property. */
  readonly isRequired: boolean;
}

/** What the schemas of a property say of its column. */
export function propertyTaken(name: string, { root, schemas, isRequired }: Context): readonly Taken[] {
  const all = schemas.map((schema) => withoutUnion(root, schema));
  const whole = all.map(({ schema }) => schema);
  const types = typesOf(whole);
  // a value must be of the types of every schema, so one that has no null forbids it
  const isNullable = all.every(({ schema, isNullable: allowed }) => allowed || allowsNull(schema));
  const type = logicalType(types, whole);
  const members: Partial<ImportedProperty> = {
    ...documentation(whole),
    ...(type !== null && { logicalType: type.type, ...(type.isText && { physicalType: 'string' }) }),
    ...(isRequired && !isNullable && { required: true }),
  };
  const isOnlyNull = types !== null && types.length === 0;
  return [
    propertyOf(name, members),
    ...(isOnlyNull ? [ruleOf(name, checkRule('distinctCount', {}, none))] : []),
    ...(type === null && types !== null && types.length > 1
      ? [notTaken(name, `a column has one type, not one of ${types.join(', ')}`)]
      : []),
    ...all.flatMap(({ schema, untold }) => [
      ...untold.map((why) => notTaken(name, why)),
      ...keywordsTaken(name, schema, type?.type ?? null),
    ]),
  ];
}

/** Types that every schema allows, without null; null where none says any. */
function typesOf(schemas: readonly JsonObject[]): readonly string[] | null {
  let types: readonly string[] | null = null;
  for (const { type } of schemas) {
    if (type === undefined) continue;
    const allowed = (Array.isArray(type) ? (type as readonly Json[]) : [type]).map(String).filter((one) => one !== 'null');
    types = types === null ? allowed : types.filter((one) => allowed.includes(one) || (one === 'integer' && allowed.includes('number')));
  }
  return types;
}

function allowsNull(schema: JsonObject): boolean {
  const { type, const: only, enum: values } = schema;
  const typed = type === undefined || (Array.isArray(type) ? (type as readonly Json[]) : [type]).includes('null');
  const listed = values === undefined || (Array.isArray(values) && (values as readonly Json[]).includes(null));
  return typed && listed && (only === undefined || only === null);
}

/** `isText`: the column may be text that is read as this type. */
function logicalType(
  types: readonly string[] | null,
  schemas: readonly JsonObject[],
): { readonly type: LogicalType; readonly isText: boolean } | null {
  const plain = types === null ? [] : types.length === 2 && types.includes('integer') && types.includes('number') ? ['number'] : types;
  const [only] = plain;
  if (plain.length !== 1 || only === undefined) return null;
  if (only === 'string') {
    const format = schemas.map((schema) => textIn(schema, 'format')).find((one) => one !== null && Object.hasOwn(moments, one));
    const moment = format === undefined || format === null ? undefined : moments[format];
    return moment === undefined ? { type: 'string', isText: false } : { type: moment, isText: true };
  }
  const known = (['integer', 'number', 'boolean', 'object', 'array'] as const).find((one) => one === only);
  return known === undefined ? null : { type: known, isText: false };
}

const moments: { readonly [format: string]: LogicalType } = { date: 'date', 'date-time': 'timestamp', time: 'time' };

function documentation(schemas: readonly JsonObject[]): Partial<ImportedProperty> {
  const first = (name: string): string | null => schemas.map((schema) => textIn(schema, name)).find((one) => one !== null) ?? null;
  const [description, title] = [first('description'), first('title')];
  const examples = schemas.flatMap((schema) => listIn(schema, 'examples') ?? []);
  return {
    ...(description !== null && { description }),
    ...(title !== null && { businessName: title }),
    ...(examples.length > 0 && { examples }),
  };
}

/** A schema without its `anyOf` and `oneOf`, where they say no more than that a value may be null or one of some. */
function withoutUnion(
  root: Json,
  schema: JsonObject,
): { readonly schema: JsonObject; readonly isNullable: boolean; readonly untold: readonly string[] } {
  const { anyOf, oneOf, ...rest } = schema;
  const keyword = anyOf === undefined ? 'oneOf' : 'anyOf';
  const branches = anyOf ?? oneOf;
  if (!Array.isArray(branches) || (anyOf !== undefined && oneOf !== undefined))
    return { schema: rest, isNullable: false, untold: branches === undefined ? [] : [`${keyword} cannot be told for a column`] };
  const resolved = (branches as readonly Json[]).map((branch) => schemasAt(root, branch));
  const alone = resolved.flatMap((one) => (one.ok ? [Object.assign({}, ...one.schemas) as JsonObject] : []));
  const others = alone.filter((one) => one['type'] !== 'null' && one['const'] !== null);
  const hasNull = others.length < alone.length;
  const [only] = others;
  if (alone.length === branches.length && others.length === 1 && only !== undefined && hasNull) {
    const { type } = only;
    const types = type === undefined ? undefined : [...(Array.isArray(type) ? (type as readonly Json[]) : [type]), 'null'];
    return {
      schema: { ...rest, ...only, ...(types !== undefined && { type: types }) },
      isNullable: allowsNull({ ...only, ...(types !== undefined && { type: types }) }),
      untold: [],
    };
  }
  const values = others.map((one) => (one['const'] === undefined ? listIn(one, 'enum') : [one['const']]));
  if (alone.length === branches.length && values.every((one) => one !== null))
    return { schema: { ...rest, enum: [...values.flat(), ...(hasNull ? [null] : [])] }, isNullable: false, untold: [] };
  const types = others.map((one) => (Object.keys(one).length === 1 ? textIn(one, 'type') : null));
  if (alone.length === branches.length && types.every((one) => one === 'integer' || one === 'number'))
    return { schema: { ...rest, type: hasNull ? ['number', 'null'] : 'number' }, isNullable: false, untold: [] };
  return { schema: rest, isNullable: true, untold: [`${keyword} of several kinds of values cannot be told for a column`] };
}

/** Keywords by the type of the column: without one the checks say it that pass over values of other types. */
function keywordsTaken(name: string, schema: JsonObject, type: LogicalType | null): readonly Taken[] {
  const taken: Taken[] = [];
  const options = optionsOf(schema, type);
  if (Object.keys(options).length > 0) taken.push(propertyOf(name, { logicalTypeOptions: options }));
  taken.push(...valuesTaken(name, schema), ...patternTaken(name, schema, type), ...boundsTaken(name, schema, type));
  const inner = ['properties', 'items', 'prefixItems', 'contains', 'additionalProperties', 'patternProperties'].filter(
    (one) => schema[one] !== undefined,
  );
  if (inner.length > 0) taken.push(nearly(name, `what ${inner.join(', ')} say of the parts of a value is not checked`));
  for (const keyword of ['if', 'contentSchema', 'dependentSchemas', 'propertyNames'])
    if (schema[keyword] !== undefined) taken.push(notTaken(name, `${keyword} has no counterpart`));
  return taken;
}

const optionNames: Readonly<Partial<Record<LogicalType, readonly string[]>>> = {
  string: ['minLength', 'maxLength', 'format'],
  integer: ['multipleOf'],
  number: ['multipleOf'],
  array: ['minItems', 'maxItems', 'uniqueItems'],
};

function optionsOf(schema: JsonObject, type: LogicalType | null): { readonly [option: string]: Json } {
  const plain = Object.fromEntries(
    (type === null ? [] : (optionNames[type] ?? [])).flatMap((option) =>
      schema[option] === undefined ? [] : [[option, schema[option]] as const],
    ),
  );
  return type === 'integer' || type === 'number' ? { ...plain, ...boundOptions(schema) } : plain;
}

/** Bounds of numbers; draft-04 has its exclusive ones as truth values beside the others. */
function boundOptions(schema: JsonObject): { readonly [option: string]: Json } {
  const side = (bound: 'minimum' | 'maximum', exclusive: 'exclusiveMinimum' | 'exclusiveMaximum'): { readonly [option: string]: Json } => {
    const [plain, strict] = [numberIn(schema, bound), schema[exclusive]];
    if (strict === true && plain !== null) return { [exclusive]: plain };
    return { ...(plain !== null && { [bound]: plain }), ...(typeof strict === 'number' && { [exclusive]: strict }) };
  };
  return { ...side('minimum', 'exclusiveMinimum'), ...side('maximum', 'exclusiveMaximum') };
}

/** Bounds of a column without a type. */
function boundsTaken(name: string, schema: JsonObject, type: LogicalType | null): readonly Taken[] {
  if (type !== null) return [];
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = boundOptions(schema);
  const [shortest, longest] = [numberIn(schema, 'minLength'), numberIn(schema, 'maxLength')];
  const isMeant = schema['type'] === undefined;
  return [
    ...(minimum !== undefined ? [ruleOf(name, checkRule('between', { min: minimum }))] : []),
    ...(maximum !== undefined ? [ruleOf(name, checkRule('between', { max: maximum }))] : []),
    ...(exclusiveMinimum !== undefined ? [ruleOf(name, checkRule('between', { min: exclusiveMinimum, strictly: true }))] : []),
    ...(exclusiveMaximum !== undefined ? [ruleOf(name, checkRule('between', { max: exclusiveMaximum, strictly: true }))] : []),
    ...(isMeant && (shortest !== null || longest !== null)
      ? [
          ruleOf(
            name,
            checkRule('lengthBetween', { ...(shortest !== null && { min: shortest }), ...(longest !== null && { max: longest }) }),
          ),
        ]
      : []),
  ];
}

function valuesTaken(name: string, schema: JsonObject): readonly Taken[] {
  const listed = schema['const'] === undefined ? listIn(schema, 'enum') : [schema['const']];
  const isPlain = (values: readonly Json[]): boolean => values.every((value) => value === null || typeof value !== 'object');
  const taken: Taken[] = [];
  if (listed !== null) {
    const values = listed.filter((value) => value !== null);
    if (!isPlain(values)) taken.push(notTaken(name, 'values that are lists or objects cannot be compared'));
    else if (values.length > 0) taken.push(ruleOf(name, libraryRule('invalidValues', none, { validValues: values })));
    else taken.push(ruleOf(name, checkRule('distinctCount', {}, none)));
  }
  const not = objectIn(schema, 'not');
  if (schema['not'] === undefined) return taken;
  const refused = not === null ? null : not['const'] === undefined ? listIn(not, 'enum') : [not['const']];
  const pattern = not === null ? null : textIn(not, 'pattern');
  const re2 = pattern === null ? null : patternForRe2(pattern);
  if (refused !== null && isPlain(refused) && refused.every((value) => value !== null))
    taken.push(ruleOf(name, checkRule('notInSet', { values: refused })));
  else if (re2?.ok === true && Object.keys(not ?? {}).length === 1)
    taken.push(ruleOf(name, checkRule('doesNotMatch', { pattern: re2.pattern })));
  else taken.push(notTaken(name, 'what a value must not be cannot be told for a column'));
  return taken;
}

function patternTaken(name: string, schema: JsonObject, type: LogicalType | null): readonly Taken[] {
  const pattern = textIn(schema, 'pattern');
  if (pattern === null) return [];
  const re2 = patternForRe2(pattern);
  if (!re2.ok) return [notTaken(name, `its pattern ${JSON.stringify(pattern)} has ${re2.has}, which RE2 does not have`)];
  return type === 'string'
    ? [propertyOf(name, { logicalTypeOptions: { pattern: re2.pattern } })]
    : [ruleOf(name, libraryRule('invalidValues', none, { pattern: re2.pattern }))];
}
