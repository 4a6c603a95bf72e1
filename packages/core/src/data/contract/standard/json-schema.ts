import { type Json, nearest, shape } from '@tidegate/formats';
import { knownNames, resolved, type Schema } from './schema-names.ts';

/** What a schema has to say of a value: its mistakes, and the names of a mapping that it has looked at. */
interface Outcome {
  readonly problems: readonly shape.Problem[];
  readonly seen: ReadonlySet<string>;
}

/** Schema → value → outcome: conditions ask for the same value again and again, as deep as a document goes. */
type Memory = Map<object, Map<object, Outcome>>;

interface Place {
  readonly root: Schema;
  readonly path: shape.Path;
  readonly memory: Memory;
}

/**
 * Holds a value against a JSON Schema (2019-09) as far as the schemas of the Open Data Contract Standard go: {@link keywords}. Where several alternatives fail, the
 * mistakes of the nearest one are told. Formats are annotations.
 */
export function schemaProblems(schema: Schema, value: Json): readonly shape.Problem[] {
  const { problems } = evaluate(schema, value, { root: schema, path: [], memory: new Map() });
  // the same may be seen under several conditions
  return [...new Map(problems.map((problem) => [JSON.stringify([problem.path, problem.message]), problem])).values()];
}

/** Every keyword that {@link schemaProblems} obeys. */
export const keywords: readonly string[] =
  '$ref type enum const required properties additionalProperties unevaluatedProperties items minItems maxItems uniqueItems pattern minimum exclusiveMinimum allOf anyOf oneOf if then not'.split(
    ' ',
  );

const nothing: Outcome = { problems: [], seen: new Set() };

function evaluate(schema: Schema, value: Json, place: Place): Outcome {
  if (typeof value !== 'object' || value === null) return outcomeOf(schema, value, place);
  const known = place.memory.get(schema) ?? new Map<object, Outcome>();
  place.memory.set(schema, known);
  const outcome = known.get(value) ?? outcomeOf(schema, value, place);
  known.set(value, outcome);
  return outcome;
}

function outcomeOf(schema: Schema, value: Json, place: Place): Outcome {
  const wrongType = typeProblem(schema, value, place.path);
  if (wrongType !== null) return { problems: [wrongType], seen: new Set(Object.keys(mappingOf(value) ?? {})) };
  const parts = [
    { problems: valueProblems(schema, value, place.path), seen: nothing.seen },
    ...(schema.$ref === undefined ? [] : [evaluate(resolved(schema, place.root), value, place)]),
    ...(schema.allOf ?? []).map((one) => evaluate(one, value, place)),
    ...[schema.anyOf, schema.oneOf].map((choices) => choiceOf(choices, value, { ...place, isOne: choices === schema.oneOf })),
    conditionOf(schema, value, place),
    refusalOf(schema, value, place),
    ...listParts(schema, value, place),
    ...mappingParts(schema, value, place),
  ];
  const seen = new Set(parts.flatMap((part) => [...part.seen]));
  const problems = parts.flatMap((part) => part.problems);
  return { problems: [...problems, ...unseenProblems(schema, value, { ...place, seen })], seen };
}

const inWords: Readonly<Record<string, string>> = {
  object: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'nothing',
};

function typeProblem({ type }: Schema, value: Json, path: shape.Path): shape.Problem | null {
  if (type === undefined || isOfType(value, type)) return null;
  return problemAt(path, `must be ${inWords[type] ?? type}: found ${shape.describe(value)}`);
}

function isOfType(value: Json, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'null') return value === null;
  return type === 'object' ? mappingOf(value) !== null : typeof value === type;
}

function mappingOf(value: Json): { readonly [name: string]: Json } | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { readonly [name: string]: Json }) : null;
}

function problemAt(path: shape.Path, says: string, hint: string | null = null): shape.Problem {
  return { path, at: 'value', message: `${path.length === 0 ? 'The file' : `"${path.join('.')}"`} ${says}`, hint };
}

function valueProblems(schema: Schema, value: Json, path: shape.Path): readonly shape.Problem[] {
  const { enum: values, const: only, pattern, minimum, exclusiveMinimum } = schema;
  const allowed = values ?? (only === undefined ? null : [only]);
  const found = shape.describe(value);
  const problems: shape.Problem[] = [];
  if (allowed !== null && !allowed.some((one) => one === value)) {
    const near = typeof value === 'string' ? nearest(value, allowed.map(String)) : null;
    const list = allowed.map((one) => JSON.stringify(one)).join(', ');
    problems.push(problemAt(path, `must be one of ${list}: found ${found}`, near === null ? null : `Did you mean "${near}"?`));
  }
  if (pattern !== undefined && typeof value === 'string' && !new RegExp(pattern, 'u').test(value))
    problems.push(problemAt(path, `must ${patternInWords(pattern)}: found ${found}`));
  if (typeof value === 'number' && minimum !== undefined && value < minimum)
    problems.push(problemAt(path, `must be at least ${minimum}: found ${value}`));
  if (typeof value === 'number' && exclusiveMinimum !== undefined && value <= exclusiveMinimum)
    problems.push(problemAt(path, `must be above ${exclusiveMinimum}: found ${value}`));
  return problems;
}

/** What the patterns of the standard want, since nobody reads them. */
function patternInWords(pattern: string): string {
  if (pattern === '^[A-Za-z0-9_-]+$') return 'be letters, digits, "_" and "-"';
  return pattern.startsWith('^[A-Za-z_]') || pattern.includes('yaml#')
    ? 'be a reference such as "object.property" or "schema/OBJECT_ID/properties/PROPERTY_ID"'
    : `match ${pattern}`;
}

/** `anyOf`, `oneOf`: of alternatives that all fail the mistakes of the one that fits the value best, which is the one with the fewest about the value as a whole. */
function choiceOf(choices: readonly Schema[] | undefined, value: Json, place: Place & { readonly isOne: boolean }): Outcome {
  if (choices === undefined) return nothing;
  const outcomes = choices.map((one) => evaluate(one, value, place));
  const fitting = outcomes.filter(({ problems }) => problems.length === 0);
  const seen = new Set((fitting.length > 0 ? fitting : outcomes).flatMap((one) => [...one.seen]));
  if (fitting.length === 1 || (fitting.length > 1 && !place.isOne)) return { problems: [], seen };
  const names = choices.map(({ required }) => required?.[0] ?? null);
  const given = Object.keys(mappingOf(value) ?? {});
  if (fitting.length > 1) {
    const both = names.filter((name) => name !== null && given.includes(name)).map((name) => `"${name}"`);
    return { problems: [problemAt(place.path, `has ${both.join(' and ')}, and may have only one of them`, 'Keep one of them')], seen };
  }
  const byName = names.every((name) => name !== null) && names.every((name) => !given.includes(name ?? ''));
  if (byName) {
    const list = names.map((name) => `"${name}"`).join(', ');
    return { problems: [problemAt(place.path, `has none of ${list}, of which it needs one`, `Add "${names[0]}:"`)], seen };
  }
  const whole = ({ problems }: Outcome): number => problems.filter(({ path }) => path.length === place.path.length).length;
  const [best = nothing] = outcomes.toSorted((a, b) => whole(a) - whole(b) || a.problems.length - b.problems.length);
  return { problems: best.problems, seen };
}

function conditionOf(schema: Schema, value: Json, place: Place): Outcome {
  if (schema.if === undefined) return nothing;
  const condition = evaluate(schema.if, value, place);
  if (condition.problems.length > 0 || schema.then === undefined) return condition.problems.length > 0 ? nothing : condition;
  const then = evaluate(schema.then, value, place);
  return { problems: then.problems, seen: new Set([...condition.seen, ...then.seen]) };
}

function refusalOf({ not }: Schema, value: Json, place: Place): Outcome {
  if (not === undefined || evaluate(not, value, place).problems.length > 0) return nothing;
  const [name] = not.required ?? [];
  if (name === undefined) return { problems: [problemAt(place.path, 'has a value that it may not have here')], seen: nothing.seen };
  const path = [...place.path, name];
  return { problems: [{ path, at: 'name', message: `Cannot use "${name}" here`, hint: 'Delete it' }], seen: new Set([name]) };
}

function listParts({ items, minItems, maxItems, uniqueItems }: Schema, value: Json, place: Place): readonly Outcome[] {
  if (!Array.isArray(value)) return [];
  const { path } = place;
  const problems: shape.Problem[] = [];
  const counted = (count: number): string => `${count} ${count === 1 ? 'item' : 'items'}`;
  if (minItems !== undefined && value.length < minItems)
    problems.push(problemAt(path, `must have at least ${counted(minItems)}: found ${value.length}`));
  if (maxItems !== undefined && value.length > maxItems)
    problems.push(problemAt(path, `must have at most ${counted(maxItems)}: found ${value.length}`));
  if (uniqueItems === true && new Set(value.map((one) => JSON.stringify(one))).size < value.length)
    problems.push(problemAt(path, 'has an item twice'));
  const inside =
    items === undefined ? [] : value.flatMap((one: Json, index) => evaluate(items, one, { ...place, path: [...path, index] }).problems);
  return [{ problems: [...problems, ...inside], seen: nothing.seen }];
}

function mappingParts(schema: Schema, value: Json, place: Place): readonly Outcome[] {
  const mapping = mappingOf(value);
  if (mapping === null) return [];
  const { properties = {}, required = [], additionalProperties } = schema;
  const missing = required
    .filter((name) => !Object.hasOwn(mapping, name))
    .map((name) => problemAt(place.path, `has no "${name}", which is required`, `Add "${name}:"`));
  const members = Object.entries(mapping).map(([name, member]): Outcome => {
    const own = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    const path = [...place.path, name];
    if (own === undefined || own === true) return own === true ? { problems: [], seen: new Set([name]) } : nothing;
    if (own === false) return { problems: [unknownName(name, schema, { ...place, path })], seen: new Set([name]) };
    return { problems: evaluate(own, member, { ...place, path }).problems, seen: new Set([name]) };
  });
  return [{ problems: missing, seen: nothing.seen }, ...members];
}

/** `unevaluatedProperties: false`: names at which nothing of the schema has looked. */
function unseenProblems(
  schema: Schema,
  value: Json,
  { seen, ...place }: Place & { readonly seen: ReadonlySet<string> },
): readonly shape.Problem[] {
  if (schema.unevaluatedProperties !== false) return [];
  return Object.keys(mappingOf(value) ?? {})
    .filter((name) => !seen.has(name))
    .map((name) => unknownName(name, schema, { ...place, path: [...place.path, name] }));
}

function unknownName(name: string, schema: Schema, { path, root }: Place): shape.Problem {
  const names = knownNames(schema, root);
  if (names.includes(name))
    return { path, at: 'name', message: `Cannot use "${name}" here: the standard has it for others of its kind only`, hint: 'Delete it' };
  const near = nearest(name, names);
  const hint = near === null ? `Valid names: ${names.join(', ')}` : `Did you mean "${near}"?`;
  return { path, at: 'name', message: `Unknown name "${name}"`, hint };
}
