import { type Json, type JsonObject, shape } from '@tidegate/formats';
import { patternProblem } from './bounded-pattern.ts';

export const jsonTypes = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object'] as const;
export type JsonType = (typeof jsonTypes)[number];

/** What a value of an answer must be. */
export type Expectation =
  /** Equal to this scalar, or to this whole value when it was written as `{ equals: … }`. */
  | { readonly kind: 'equals'; readonly value: Json }
  /** A mapping with at least these members. */
  | { readonly kind: 'members'; readonly members: { readonly [name: string]: Expectation } }
  /** A list of exactly these items. */
  | { readonly kind: 'items'; readonly items: readonly Expectation[] }
  /** A number, both ends included. */
  | { readonly kind: 'between'; readonly low: number; readonly high: number }
  | { readonly kind: 'one_of'; readonly values: readonly Json[] }
  | { readonly kind: 'type'; readonly type: JsonType }
  /** A text in which the regular expression is found. */
  | { readonly kind: 'matches'; readonly pattern: string }
  /** A list or text of that many items or characters. */
  | { readonly kind: 'length'; readonly length: number };

type Matcher = (argument: Json, wrong: (message: string) => undefined) => Expectation | undefined;

/** A mapping with one of these as its only name is a matcher. */
const matchers: { readonly [name: string]: Matcher } = {
  equals: (value) => ({ kind: 'equals', value }),
  between: (range, wrong) => {
    const [low, high, ...more] = isList(range) ? range : [];
    return typeof low === 'number' && typeof high === 'number' && more.length === 0 && low <= high
      ? { kind: 'between', low, high }
      : wrong('"between" must be a list of two numbers, the smaller one first');
  },
  one_of: (values, wrong) =>
    isList(values) && values.length > 0 ? { kind: 'one_of', values } : wrong('"one_of" must be a list with at least one value'),
  type: (name, wrong) => {
    const type = jsonTypes.find((candidate) => candidate === name);
    return type === undefined ? wrong(`"type" must be one of ${jsonTypes.join(', ')}`) : { kind: 'type', type };
  },
  matches: (pattern, wrong) => {
    if (typeof pattern !== 'string') return wrong('"matches" must be a regular expression');
    const problem = patternProblem(pattern);
    return problem === null ? { kind: 'matches', pattern } : wrong(`"matches" must be a regular expression: ${problem}`);
  },
  length: (length, wrong) =>
    typeof length === 'number' && Number.isInteger(length) && length >= 0
      ? { kind: 'length', length }
      : wrong('"length" must be a whole number of at least 0'),
};

/** Reads a value in which mappings and lists may hold matchers. */
export function expectation(): shape.Shape<Expectation> {
  return { schema: {}, check: (value, path, problems) => read(value as Json, path, problems) };
}

function read(value: Json, path: shape.Path, problems: shape.Problem[]): Expectation | undefined {
  if (isList(value)) {
    const items = value.map((item, index) => read(item, [...path, index], problems));
    return { kind: 'items', items: items.filter((item) => item !== undefined) };
  }
  if (!isMapping(value)) return { kind: 'equals', value };
  const entries = Object.entries(value);
  const [name = '', argument = null] = entries.length === 1 ? (entries[0] ?? []) : [];
  const matcher = Object.hasOwn(matchers, name) ? matchers[name] : undefined;
  if (matcher !== undefined)
    return matcher(argument, (message) => {
      const hint = `A mapping with "${name}" as its only name is a matcher; write { equals: { ${name}: … } } to mean the mapping itself`;
      problems.push({ path: [...path, name], at: 'value', message, hint });
      return undefined;
    });
  const members = entries.map(([member, wanted]) => [member, read(wanted, [...path, member], problems)] as const);
  return {
    kind: 'members',
    members: Object.fromEntries(members.flatMap(([key, wanted]) => (wanted === undefined ? [] : [[key, wanted]]))),
  };
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function isMapping(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}
