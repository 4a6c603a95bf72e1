import type { Json, JsonObject } from '@tidegate/formats';

/** What is given for a name in a foreign document, when it is of the kind wanted; null when it is absent or something else. */
export function textIn(given: JsonObject, name: string): string | null {
  const value = given[name];
  return typeof value === 'string' ? value : null;
}

export function numberIn(given: JsonObject, name: string): number | null {
  const value = given[name];
  return typeof value === 'number' ? value : null;
}

export function flagIn(given: JsonObject, name: string): boolean {
  return given[name] === true;
}

/** Null when it is no list. */
export function listIn(given: JsonObject, name: string): readonly Json[] | null {
  const value = given[name];
  return Array.isArray(value) ? (value as readonly Json[]) : null;
}

/** Null when it is no list, or has something else than texts. */
export function textsIn(given: JsonObject, name: string): readonly string[] | null {
  const list = listIn(given, name);
  return list !== null && list.every((one) => typeof one === 'string') ? list : null;
}

/** Null when it is no mapping. */
export function objectIn(given: JsonObject, name: string): JsonObject | null {
  return asObject(given[name]);
}

export function asObject(value: Json | undefined): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** Mappings in a list; what is no mapping is left out. */
export function objectsIn(given: JsonObject, name: string): readonly JsonObject[] {
  return (listIn(given, name) ?? []).flatMap((one) => {
    const found = asObject(one);
    return found === null ? [] : [found];
  });
}
