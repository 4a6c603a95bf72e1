/** Any value that JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

/**
 * Serialises a value so that equal values give equal text: object names sorted by UTF-16 code unit, no blanks,
 * numbers as ECMAScript prints them (RFC 8785, JSON Canonicalization Scheme). A name whose value is `undefined` is left out.
 *
 * @throws TypeError for a number that is not finite: it has no JSON form.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`Cannot serialise a number: ${value} has no JSON form`);
    return String(value);
  }
  // numbers are most of what long records have, and are many times faster so
  if (Array.isArray(value) && value.every(Number.isFinite)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => compareCodeUnits(a, b))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  throw new TypeError(`Cannot serialise a ${typeof value}: it has no JSON form`);
}

/** A record of ours as JSON. It has only what JSON has, but the compiler cannot tell that of an interface. */
export function recordJson(record: object | null): Json {
  return record as Json;
}

/** The one order for everything that is hashed: by UTF-16 code unit, never by locale. */
export function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
