import { nearest } from '@tidegate/formats';
import type { Row } from '@tidegate/runtime';
import { type Mistake, type Mistakes, pathOf } from '../http/mistakes.ts';

/**
 * Adds the fields that a row lacks and those that nobody knows (TG-SERVING-FIELD-MISSING, TG-SERVING-FIELD-UNKNOWN). A misspelt
 * field is both, and told once.
 */
export function addFieldMistakes(
  row: Row,
  index: number,
  { names, mistakes }: { readonly names: readonly string[]; readonly mistakes: Mistakes },
): void {
  const strangers = new Set(Object.keys(row).filter((key) => !names.includes(key)));
  for (const name of names.filter((candidate) => !Object.hasOwn(row, candidate))) {
    const misspelt = nearest(name, [...strangers]);
    if (misspelt !== null) strangers.delete(misspelt);
    mistakes.add(() => missing(index, name, misspelt));
  }
  for (const key of strangers) mistakes.add(() => unknown(index, key, names));
}

function missing(index: number, name: string, misspelt: string | null): Mistake {
  const message = `Cannot use row ${index}: the field "${name}" is missing`;
  const hint = misspelt === null ? `Send "${name}", or null when it is not known` : `Rename "${misspelt}" to "${name}"`;
  return { at: pathOf(`rows[${index}]`, name), code: 'TG-SERVING-FIELD-MISSING', message, hint };
}

function unknown(index: number, key: string, names: readonly string[]): Mistake {
  const message = `Cannot use row ${index}: there is no field ${JSON.stringify(key.slice(0, 100))}`;
  return { at: pathOf(`rows[${index}]`, key), code: 'TG-SERVING-FIELD-UNKNOWN', message, hint: unknownHint(key, names) };
}

/** @param names what would have been known */
export function unknownHint(key: string, names: readonly string[]): string {
  const near = nearest(key, names);
  return near === null ? `Remove it; the fields are ${names.join(', ')}` : `Did you mean "${near}"?`;
}
