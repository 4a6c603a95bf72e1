import { type Change, changeAt, type Direction, isSame, type Place, shown } from './change.ts';

type Options = { readonly [name: string]: unknown };

/** Lower bounds: a lower one is weaker. Upper bounds the other way round. */
const lower = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const upper = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

const aspects: Readonly<Record<string, string>> = {
  minimum: 'minimum',
  maximum: 'maximum',
  exclusiveMinimum: 'exclusive_minimum',
  exclusiveMaximum: 'exclusive_maximum',
  multipleOf: 'multiple_of',
  minLength: 'min_length',
  maxLength: 'max_length',
  pattern: 'pattern',
  format: 'format',
  minItems: 'min_items',
  maxItems: 'max_items',
  uniqueItems: 'unique_items',
};

/** Differences of `logicalTypeOptions`; `column` is how checks name the property, null where none does. */
export function optionChanges(
  before: unknown,
  after: unknown,
  { column, ...place }: Place & { readonly column: string | null },
): readonly Change[] {
  const [old, young] = [optionsOf(before), optionsOf(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(young)])].sort();
  return names.flatMap((name) => {
    const [was, is] = [old[name], young[name]];
    if (isSame(was, is)) return [];
    const aspect = aspects[name];
    const check = column === null || aspect === undefined ? null : `${column}.${aspect}`;
    const says =
      was === undefined
        ? `${name} is ${shown(is)} now`
        : is === undefined
          ? `${name} was ${shown(was)}, and is not promised any more`
          : `${name}: ${shown(was)} -> ${shown(is)}`;
    return [changeAt(place, { aspect: name, direction: directionOf(name, was, is), says, check })];
  });
}

function optionsOf(value: unknown): Options {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Options) : {};
}

function directionOf(name: string, was: unknown, is: unknown): Direction {
  if (was === undefined || was === false) return 'stronger';
  if (is === undefined || is === false) return 'weaker';
  if (name === 'multipleOf' && typeof was === 'number' && typeof is === 'number')
    return is % was === 0 ? 'stronger' : was % is === 0 ? 'weaker' : 'other';
  const order = lower.includes(name) ? 1 : upper.includes(name) ? -1 : 0;
  const compared = order * compare(is, was);
  return compared > 0 ? 'stronger' : compared < 0 ? 'weaker' : 'other';
}

/** Numbers by their size; texts are moments of ISO 8601, which are in order as they are, or by their time. */
function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [x, y] = [Date.parse(String(a)), Date.parse(String(b))];
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}
