import { nearest, shape } from '@tidegate/formats';
import { durationOf, sizeOf } from '../../config/index.ts';
import type { ArgumentKind, CheckSignature } from './check-signatures.ts';
import type { Literal } from './literal.ts';

/** What was given for an argument; columns by their names in the data, durations in milliseconds, sizes in bytes. */
export type Given = number | string | boolean | readonly Literal[] | NumbersByName;
/** A mapping: shares by value, bounds by probability. */
export type NumbersByName = { readonly [name: string]: number | readonly number[] };
export type Arguments = { readonly [argument: string]: Given };

export const comparisons = ['<', '<=', '=', '<>', '>=', '>'] as const;
export const aggregates = ['count', 'sum', 'mean', 'min', 'max', 'distinct'] as const;
export type Aggregate = (typeof aggregates)[number];
export const changeUnits = ['percent', 'rows'] as const;
export const periods = ['hour', 'day', 'week', 'month', 'year'] as const;
export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const { boolean, list, map, number, object, oneOf, optional, record, required, text } = shape;

const literal = map(shape.anything(), (value, report): Literal => {
  if (value === null || typeof value !== 'object') return value;
  report(`It must be a text, a number, true, false or null: found ${shape.describe(value)}`);
  return null;
});

const shares = map(record(number({ minimum: 0, maximum: 100 })), (given, report): NumbersByName => {
  const sum = Object.values(given).reduce((total, share) => total + share, 0);
  if (sum > 100 + 1e-9) report(`The shares are in percent and must be 100 together at most: found ${Number(sum.toPrecision(6))}`);
  return given;
});

const bounds = map(record(list(number(), { minimum: 2 })), (given, report): NumbersByName => {
  for (const [at, [low = 0, high = 0, ...more]] of Object.entries(given)) {
    if (!(Number(at) >= 0 && Number(at) <= 1)) report(`A quantile is named by a number from 0 to 1: found "${at}"`);
    if (more.length > 0 || low > high) report(`The bounds of the ${at} quantile must be two numbers, the smaller first`);
  }
  return given;
});

function shapeOf(kind: ArgumentKind, columns: ReadonlyMap<string, string>): shape.Shape<Given> {
  const column = map(text(), (name, report) => {
    const found = columns.get(name);
    if (found !== undefined) return found;
    const near = nearest(name, [...columns.keys()]);
    report(`The data contract has no property "${name}"`, near === null ? undefined : `Did you mean "${near}"?`);
    return name;
  });
  switch (kind) {
    case 'number':
      return number();
    case 'count':
      return number({ integer: true, minimum: 0 });
    case 'share':
      return number({ minimum: 0, maximum: 1 });
    case 'text':
    case 'pattern':
    case 'condition':
      return text();
    case 'dataset':
      return map(text(), (name) => name.replace(/^data\./, ''));
    case 'aggregate':
      return oneOf(aggregates);
    case 'changeUnit':
      return oneOf(changeUnits);
    case 'pythonFunction':
      return text({
        pattern: /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))[^:]+\.py:[A-Za-z_]\w*$/,
        wants: 'a file of the project and a function in it, such as "checks/flights.py:no_overlap"',
      });
    case 'texts':
    case 'patterns':
      return list(text(), { minimum: 1 });
    case 'values':
      return list(literal, { minimum: 1 });
    case 'flag':
      return boolean();
    case 'duration':
      return map(text(), (given, report) => {
        const ms = durationOf(given);
        if (ms === null) report(`It must be a duration such as "90s", "1h" or "30d": found "${given}"`);
        return ms ?? 0;
      });
    case 'size':
      return map(text(), (given, report) => {
        const bytes = sizeOf(given);
        if (bytes === null) report(`It must be a size such as "500MB" or "2GB": found "${given}"`);
        return bytes ?? 0;
      });
    case 'files':
      return list(
        text({
          pattern: /^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$)).+$/,
          wants: 'files of the project or a pattern of them, such as "checks/helpers.py" or "shared/**"',
        }),
        { minimum: 1 },
      );
    case 'column':
      return column;
    case 'columns':
      return list(column, { minimum: 1 });
    case 'comparison':
      return oneOf(comparisons);
    case 'period':
      return oneOf(periods);
    case 'day':
      return text({ pattern: /^\d{4}-\d{2}-\d{2}$/, wants: 'a day such as "2026-01-31"' });
    case 'shares':
      return shares;
    case 'bounds':
      return bounds;
    case 'weekdays':
      return list(oneOf(weekdays), { minimum: 1 });
    case 'timeOfDay':
      return text({ pattern: /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/, wants: 'a time of day such as "08:00"' });
  }
}

/** The arguments of a check beside `check` itself; null where there is a mistake, which is added to the problems. */
export function parseArguments(
  signature: CheckSignature,
  implementation: { readonly [name: string]: unknown },
  {
    path,
    columns,
    problems,
  }: { readonly path: shape.Path; readonly columns: ReadonlyMap<string, string>; readonly problems: shape.Problem[] },
): Arguments | null {
  const fields = [
    ...Object.entries(signature.needs).map(([name, kind]) => [name, required(shapeOf(kind, columns))] as const),
    ...Object.entries(signature.takes).map(([name, kind]) => [name, optional(shapeOf(kind, columns))] as const),
  ];
  const before = problems.length;
  const found = object({ check: required(text()), ...Object.fromEntries(fields) }).check(implementation, path, problems);
  if (found === undefined || problems.length > before) return null;
  const { check: _, ...given } = found;
  const { oneOf: wanted = [] } = signature;
  if (wanted.length > 0 && !wanted.some((name) => given[name] !== undefined)) {
    problems.push({
      path,
      at: 'value',
      message: `Cannot measure the check: it says no ${wanted.map((name) => `"${name}"`).join(' and no ')}`,
      hint: `Add "${wanted[0] ?? ''}:"`,
    });
    return null;
  }
  return Object.fromEntries(Object.entries(given).filter((entry): entry is [string, Given] => entry[1] !== undefined));
}

export function numberAt(given: Arguments, name: string): number | null {
  const value = given[name];
  return typeof value === 'number' ? value : null;
}

export function textAt(given: Arguments, name: string): string {
  const value = given[name];
  return typeof value === 'string' ? value : '';
}

export function flagAt(given: Arguments, name: string): boolean {
  return given[name] === true;
}

export function textsAt(given: Arguments, name: string): readonly string[] {
  return valuesAt(given, name).map(String);
}

export function valuesAt(given: Arguments, name: string): readonly Literal[] {
  const value = given[name];
  return Array.isArray(value) ? (value as readonly Literal[]) : [];
}

export function sharesAt(given: Arguments, name: string): readonly (readonly [value: string, share: number])[] {
  return entriesAt(given, name).flatMap(([value, share]) => (typeof share === 'number' ? [[value, share] as const] : []));
}

export function boundsAt(given: Arguments, name: string): readonly { readonly at: number; readonly low: number; readonly high: number }[] {
  return entriesAt(given, name).flatMap(([at, range]) => {
    const [low, high] = typeof range === 'number' ? [] : range;
    return low === undefined || high === undefined ? [] : [{ at: Number(at), low, high }];
  });
}

function entriesAt(given: Arguments, name: string): readonly (readonly [string, number | readonly number[]])[] {
  const value = given[name];
  return typeof value === 'object' && !Array.isArray(value) ? Object.entries(value as NumbersByName) : [];
}
