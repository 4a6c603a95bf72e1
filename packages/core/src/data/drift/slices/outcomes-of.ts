import { compareCodeUnits } from '@tidegate/formats';
import type { SampledRows } from '../together/sampled-rows.ts';

/**
 * What the rows of two samples have in a column, as numbers: of truth values and of two classes 1 for the second (by code unit, so `true`), NaN where there is none.
 *
 * @returns null for a column that no mean can be taken of, or without any value
 */
export function outcomesOf(name: string, samples: readonly SampledRows[]): Float64Array | null {
  const classes = [...new Set(samples.flatMap(({ texts }) => texts.get(name) ?? []).filter((text) => text !== null))].toSorted(
    compareCodeUnits,
  );
  const values = samples.flatMap(({ numbers, texts, rows }): readonly number[] => {
    const own = numbers.get(name);
    if (own !== undefined) return Array.from(own, (value) => (Number.isFinite(value) ? value : Number.NaN));
    const named = texts.get(name);
    if (named === undefined || classes.length > 2) return Array.from({ length: rows }, () => Number.NaN);
    return named.map((text) => (text === null ? Number.NaN : text === 'true' || (classes.length === 2 && text === classes[1]) ? 1 : 0));
  });
  return values.every(Number.isNaN) ? null : Float64Array.from(values);
}
