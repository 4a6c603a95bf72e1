import { failure, type FeatureColumn, type LogicalType } from '@tidegate/formats';
import type { Cell } from '../engine.ts';

/** Types an entity key may have: equality on them is exact. */
export const keyTypes: readonly LogicalType[] = ['string', 'integer', 'boolean', 'date'];

/**
 * Gives the function that turns the key values of a row into text, one text for one entity: a JSON array of each value with
 * a letter for its type, so that neither ("a", "b") and ("ab", "") nor 1 and "01" meet. A NULL among the values gives null:
 * such a row has no entity.
 *
 * The function throws TG-FEATURES-KEY-TYPE for a value of another type than the key's.
 */
export function entityKeyCodec(keys: readonly FeatureColumn[]): (values: readonly (Cell | undefined)[]) => string | null {
  return (values) => {
    const parts: string[] = [];
    for (const [index, key] of keys.entries()) {
      const value = values[index];
      if (value === null || value === undefined) return null;
      parts.push(partOf(key, value));
    }
    return JSON.stringify(parts);
  };
}

function partOf(key: FeatureColumn, value: Cell): string {
  if (key.type === 'string' && typeof value === 'string') return `s${value}`;
  if (key.type === 'integer' && isInteger(value)) return `i${value}`;
  if (key.type === 'boolean' && typeof value === 'boolean') return value ? 'b1' : 'b0';
  if (key.type === 'date' && typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)) return `d${value}`;
  throw failure(
    'TG-FEATURES-KEY-TYPE',
    `Cannot look up the key "${key.name}": it must be ${wanted(key.type)}, found ${JSON.stringify(value)}`,
    `Send "${key.name}" as ${wanted(key.type)}`,
  );
}

/** Beyond 2^53 whole numbers travel as decimal text; below, a text is not the number it looks like. */
function isInteger(value: Cell): value is number | string {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  return typeof value === 'string' && /^-?[1-9]\d{15,}$/.test(value) && !Number.isSafeInteger(Number(value));
}

function wanted(type: LogicalType): string {
  if (type === 'integer') return 'a whole number';
  if (type === 'boolean') return 'true or false';
  return type === 'date' ? 'a date (YYYY-MM-DD)' : 'text';
}
