import type { Json } from './json.ts';
import { nearest } from './nearest.ts';
import { failed, ok, type Result } from './result.ts';

/** Where in a value: names of members and indexes of items from the root. */
export type Path = readonly (string | number)[];

/** One thing wrong with a value. `at` says whether to underline the member's value or its name. */
export interface Problem {
  readonly path: Path;
  readonly at: 'value' | 'name';
  /** First letter capital, no final period. */
  readonly message: string;
  readonly hint: string | null;
}

/** Checks an unknown value and gives it a type; reports every mistake, not only the first; and describes itself as JSON Schema. */
export interface Shape<T> {
  readonly check: (value: unknown, path: Path, problems: Problem[]) => T | undefined;
  readonly schema: { readonly [keyword: string]: Json };
}

type Infer<S> = S extends Shape<infer T> ? T : never;
export type TypeOf<S> = Infer<S>;

/** @returns the typed value, or all problems. */
export function parse<T>(shape: Shape<T>, value: unknown): Result<T, readonly Problem[]> {
  const problems: Problem[] = [];
  const typed = shape.check(value, [], problems);
  return problems.length === 0 ? ok(typed as T) : failed(problems);
}

/** What a value is, in a user's words. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return `the text "${value.length > 40 ? `${value.slice(0, 37)}...` : value}"`;
  return `the ${typeof value} ${String(value)}`;
}

function wrong(problems: Problem[], path: Path, message: string, hint: string | null = null): undefined {
  problems.push({ path, at: 'value', message, hint });
  return undefined;
}

const nameOf = (path: Path): string => (path.length === 0 ? 'The file' : `"${path.join('.')}"`);

export interface TextOptions {
  readonly pattern?: RegExp;
  /** What the pattern wants, in words: `a name of letters, digits, "_" and "-"`. */
  readonly wants?: string;
  readonly description?: string;
}

export function text(options: TextOptions = {}): Shape<string> {
  const { pattern, wants = 'text', description } = options;
  return {
    schema: { type: 'string', ...(pattern && { pattern: pattern.source }), ...(description !== undefined && { description }) },
    check: (value, path, problems) => {
      if (typeof value !== 'string') return wrong(problems, path, `${nameOf(path)} must be ${wants}: found ${describe(value)}`);
      if (pattern !== undefined && !pattern.test(value))
        return wrong(problems, path, `${nameOf(path)} must be ${wants}: found ${describe(value)}`);
      return value;
    },
  };
}

export interface NumberOptions {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly integer?: true;
  readonly description?: string;
}

export function number(options: NumberOptions = {}): Shape<number> {
  const { minimum, maximum, integer, description } = options;
  const wants = integer ? 'a whole number' : 'a number';
  return {
    schema: {
      type: integer ? 'integer' : 'number',
      ...(minimum !== undefined && { minimum }),
      ...(maximum !== undefined && { maximum }),
      ...(description !== undefined && { description }),
    },
    check: (value, path, problems) => {
      if (typeof value !== 'number' || !Number.isFinite(value) || (integer && !Number.isInteger(value)))
        return wrong(problems, path, `${nameOf(path)} must be ${wants}: found ${describe(value)}`);
      if (minimum !== undefined && value < minimum)
        return wrong(problems, path, `${nameOf(path)} must be at least ${minimum}: found ${value}`);
      if (maximum !== undefined && value > maximum)
        return wrong(problems, path, `${nameOf(path)} must be at most ${maximum}: found ${value}`);
      return value;
    },
  };
}

export function boolean(): Shape<boolean> {
  return {
    schema: { type: 'boolean' },
    check: (value, path, problems) =>
      typeof value === 'boolean' ? value : wrong(problems, path, `${nameOf(path)} must be true or false: found ${describe(value)}`),
  };
}

/** One of a closed set of texts; a near miss is named. */
export function oneOf<const T extends string>(values: readonly T[]): Shape<T> {
  return {
    schema: { enum: [...values] },
    check: (value, path, problems) => {
      const found = values.find((candidate) => candidate === value);
      if (found !== undefined) return found;
      const near = typeof value === 'string' ? nearest(value, values) : null;
      const list = values.map((candidate) => `"${candidate}"`).join(', ');
      return wrong(
        problems,
        path,
        `${nameOf(path)} must be one of ${list}: found ${describe(value)}`,
        near === null ? null : `Did you mean "${near}"?`,
      );
    },
  };
}

export function list<T>(item: Shape<T>, options: { readonly minimum?: number } = {}): Shape<readonly T[]> {
  const { minimum = 0 } = options;
  return {
    schema: { type: 'array', items: item.schema, ...(minimum > 0 && { minItems: minimum }) },
    check: (value, path, problems) => {
      if (!Array.isArray(value)) return wrong(problems, path, `${nameOf(path)} must be a list: found ${describe(value)}`);
      if (value.length < minimum) return wrong(problems, path, `${nameOf(path)} must have at least ${minimum} item: found ${value.length}`);
      return value.map((member, index) => item.check(member, [...path, index], problems) as T);
    },
  };
}

/** A mapping from names the user chooses to values of one shape. */
export function record<T>(
  member: Shape<T>,
  options: { readonly name?: RegExp; readonly wants?: string } = {},
): Shape<{ readonly [name: string]: T }> {
  const { name, wants = 'another name' } = options;
  return {
    schema: { type: 'object', additionalProperties: member.schema, ...(name && { propertyNames: { pattern: name.source } }) },
    check: (value, path, problems) => {
      if (!isMapping(value)) return wrong(problems, path, `${nameOf(path)} must be a mapping: found ${describe(value)}`);
      const result: { [name: string]: T } = Object.create(null) as { [name: string]: T };
      for (const [key, item] of Object.entries(value)) {
        if (name !== undefined && !name.test(key))
          problems.push({ path: [...path, key], at: 'name', message: `Cannot use the name "${key}": it must be ${wants}`, hint: null });
        result[key] = member.check(item, [...path, key], problems) as T;
      }
      return result;
    },
  };
}

export interface Field<T, Required extends boolean = boolean> {
  readonly shape: Shape<T>;
  readonly required: Required;
}

export function required<T>(shape: Shape<T>): Field<T, true> {
  return { shape, required: true };
}

export function optional<T>(shape: Shape<T>): Field<T, false> {
  return { shape, required: false };
}

type Fields = { readonly [name: string]: Field<unknown> };
type ObjectOf<F extends Fields> = {
  readonly [K in keyof F as F[K] extends Field<unknown, true> ? K : never]: F[K] extends Field<infer T> ? T : never;
} & {
  readonly [K in keyof F as F[K] extends Field<unknown, true> ? never : K]?: F[K] extends Field<infer T> ? T : never;
};

/** A mapping with known names. An unknown name is a mistake, with the nearest valid one; a missing required one too. */
export function object<F extends Fields>(
  fields: F,
  options: { readonly description?: string; readonly open?: true } = {},
): Shape<ObjectOf<F>> {
  const names = Object.keys(fields);
  const requiredNames = names.filter((name) => fields[name]?.required);
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, fields[name]?.shape.schema ?? {}])),
      ...(requiredNames.length > 0 && { required: requiredNames }),
      ...(options.open === undefined && { additionalProperties: false }),
      ...(options.description !== undefined && { description: options.description }),
    },
    check: (value, path, problems) => {
      if (!isMapping(value))
        return wrong(problems, path, `${nameOf(path)} must be a mapping: found ${describe(value)}`, mappingHint(value, path, fields));
      const result: Record<string, unknown> = {};
      for (const [key, item] of Object.entries(value)) {
        const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
        if (field !== undefined) {
          if (item === undefined || item === null) {
            if (field.required) wrong(problems, [...path, key], `"${[...path, key].join('.')}" must not be empty`);
          } else result[key] = field.shape.check(item, [...path, key], problems);
        } else if (options.open === undefined) problems.push(unknownName(key, path, names));
      }
      for (const name of requiredNames)
        if (!Object.hasOwn(value, name)) {
          const only = fields[name]?.shape.schema['const'];
          const member = only === undefined ? `${name}:` : `${name}: ${JSON.stringify(only)}`;
          wrong(problems, path, `${nameOf(path)} has no "${name}", which is required`, `Add "${member}"`);
        }
      return result as ObjectOf<F>;
    },
  };
}

/** How to write a value as a mapping: under the only name that would take it, or with the names there are. */
function mappingHint(value: unknown, path: Path, fields: Fields): string {
  const names = Object.keys(fields);
  const [taking, second] = names.filter((name) => {
    const problems: Problem[] = [];
    fields[name]?.shape.check(value, path, problems);
    return problems.length === 0;
  });
  const isShort = (typeof value === 'string' && /^[\w./*-]+$/.test(value)) || typeof value === 'number' || typeof value === 'boolean';
  const member = path.at(-1);
  if (taking === undefined || second !== undefined || !isShort || typeof member !== 'string')
    return `Write a mapping with names of: ${names.join(', ')}`;
  return `Write "${member}: { ${taking}: ${value} }"`;
}

function unknownName(key: string, path: Path, names: readonly string[]): Problem {
  const near = nearest(key, names);
  const hint = near === null ? `Valid names: ${names.join(', ')}` : `Did you mean "${near}"?`;
  return { path: [...path, key], at: 'name', message: `Unknown name "${key}"`, hint };
}

/** The first alternative that takes values of this JSON type; `choose` decides, so that messages stay about one alternative. */
export function either<A, B>(first: Shape<A>, second: Shape<B>, choose: (value: unknown) => 'first' | 'second'): Shape<A | B> {
  return {
    schema: { anyOf: [first.schema, second.schema] },
    check: (value, path, problems) =>
      choose(value) === 'first' ? first.check(value, path, problems) : second.check(value, path, problems),
  };
}

/** Turns a checked value into another form; `turn` may report a problem. */
export function map<T, U>(shape: Shape<T>, turn: (value: T, report: (message: string, hint?: string) => void) => U): Shape<U> {
  return {
    schema: shape.schema,
    check: (value, path, problems) => {
      const before = problems.length;
      const typed = shape.check(value, path, problems);
      if (problems.length > before) return undefined;
      return turn(typed as T, (message, hint) => problems.push({ path, at: 'value', message, hint: hint ?? null }));
    },
  };
}

/** The same shape with words for an editor: what the value means, and what is taken when it is left out. */
export function described<T>(shape: Shape<T>, description: string, fallback?: Json): Shape<T> {
  return { ...shape, schema: { ...shape.schema, description, ...(fallback !== undefined && { default: fallback }) } };
}

/** Anything that JSON can carry. */
export function anything(): Shape<Json> {
  return { schema: {}, check: (value) => value as Json };
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
