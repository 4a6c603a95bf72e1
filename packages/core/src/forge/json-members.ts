import type { Json } from '@tidegate/formats';

/** A member of an object that came from elsewhere; null where there is none. */
export function memberOf(value: Json, name: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, name)) return null;
  return (value as { readonly [name: string]: Json })[name] ?? null;
}

/** As {@link memberOf}, where it is text. */
export function textOf(value: Json, name: string): string | null {
  const text = memberOf(value, name);
  return typeof text === 'string' ? text : null;
}
