import { failure } from '@tidegate/formats';
import { findJsonError } from './json-error.ts';

/** A JSON object from outside: its members may be anything, and are only ever read by `Object.hasOwn` or by known names. */
export type JsonMembers = { readonly [name: string]: unknown };

/** Reads the body of a request. @throws TG-SERVING-JSON with line and column, TG-SERVING-BODY when it is no object */
export function parseBody(bytes: Buffer): JsonMembers {
  const value = parse(bytes.toString('utf8'));
  if (isObject(value)) return value;
  throw failure(
    'TG-SERVING-BODY',
    `Cannot use the body: it must be a JSON object, found ${nameOf(value)}`,
    'Send an object like {"rows": [...]}',
  );
}

export function isObject(value: unknown): value is JsonMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a value of a body is, in a user's words, cut short. */
export function nameOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 37)}...` : value)}`;
  return `${String(value)}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const { line, column, found } = findJsonError(text);
    const hint = /^(NaN|-?Infinity)/.test(found) ? 'JSON has no NaN and no infinity: send null for a missing number' : 'Send valid JSON';
    throw failure('TG-SERVING-JSON', `Cannot read the body as JSON: found ${describeFound(found)} at line ${line}, column ${column}`, hint);
  }
}

function describeFound(found: string): string {
  return found === '' ? 'its end' : `${JSON.stringify(found.slice(0, 12))}`;
}
