import { compareCodeUnits } from '@tidegate/formats';
import type { BinnedFeature } from '@tidegate/runtime';
import type { SampledRows } from './sampled-rows.ts';

/** A column of two samples as a classifier sees it: rows of the reference, then those of the current sample. */
export interface PooledFeature extends BinnedFeature {
  readonly name: string;
}

/** Bins of numbers at most, and classes with a bin of their own. */
const mostBins = 32;
const mostClasses = 30;

/**
 * Columns in bins that both samples decide together, without looking which row is of which: then nothing is given away if nothing changed.
 * Left out are columns of one value.
 */
export function pooledFeatures(reference: SampledRows, current: SampledRows): readonly PooledFeature[] {
  const numbers = [...reference.numbers].map(([name, own]) => {
    const values = new Float64Array(own.length + (current.numbers.get(name)?.length ?? 0));
    values.set(own);
    values.set(current.numbers.get(name) ?? [], own.length);
    return orderedFeature(name, values);
  });
  const texts = [...reference.texts].map(([name, own]) => classFeature(name, [...own, ...(current.texts.get(name) ?? [])]));
  return [...numbers, ...texts].filter((feature) => feature !== null);
}

function orderedFeature(name: string, values: Float64Array): PooledFeature | null {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const cuts = Array.from({ length: mostBins - 1 }, (_, index) => sorted[Math.floor(((index + 1) * sorted.length) / mostBins)]);
  const edges = [...new Set(cuts.filter((cut) => cut !== undefined && cut < (sorted.at(-1) ?? 0)))];
  const missing = edges.length + 1;
  const bins = Uint8Array.from(values, (value) => (Number.isNaN(value) ? missing : binAmong(edges, value)));
  return isConstant(bins) ? null : { name, bins, places: missing + 1, isOrdered: true };
}

/** The first edge that the value is not above. */
export function binAmong(edges: readonly (number | undefined)[], value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value > (edges[middle] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function classFeature(name: string, values: readonly (string | null)[]): PooledFeature | null {
  const frequent = frequentValues(values, mostClasses);
  const places = new Map(frequent.map((value, index) => [value, index]));
  const [other, missing] = [frequent.length, frequent.length + 1];
  const bins = Uint8Array.from(values, (value) => (value === null ? missing : (places.get(value) ?? other)));
  return isConstant(bins) ? null : { name, bins, places: missing + 1, isOrdered: false };
}

/** The most frequent values that more than one row has, at most so many; ties by code unit. */
export function frequentValues(values: readonly (string | null)[], most: number): readonly string[] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > 1)
    .sort(([a, one], [b, other]) => other - one || compareCodeUnits(a, b))
    .slice(0, most)
    .map(([value]) => value);
}

function isConstant(bins: Uint8Array): boolean {
  return bins.every((bin) => bin === bins[0]);
}
