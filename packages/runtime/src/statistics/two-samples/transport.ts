import { sizesOf, stepsOf, type ValueCounts } from './value-counts.ts';

export interface Transport {
  /** How far a row must move on average to make one distribution of the other (Wasserstein-1, earth mover's distance), in the unit of the values. */
  readonly wasserstein: number;
  /** Square root of twice the integral of the squared difference of the distribution functions (Székely's energy distance), in the root of the unit. */
  readonly energy: number;
}

/** Distances that depend on how far apart values are; null when a sample is empty, or a value is infinite or too large for differences to be numbers. */
export function transport(counts: ValueCounts): Transport | null {
  const rows = sizesOf(counts);
  if (rows.reference === 0 || rows.current === 0) return null;
  let [first, second, before] = [0, 0, Number.NaN];
  for (const { value, below } of stepsOf(counts)) {
    if (!Number.isFinite(value)) return null;
    if (!Number.isNaN(before)) {
      const difference = Math.abs(below.reference / rows.reference - below.current / rows.current);
      first += difference * (value - before);
      second += difference * difference * (value - before);
    }
    before = value;
  }
  return Number.isFinite(first) ? { wasserstein: first, energy: Math.sqrt(2 * second) } : null;
}
