import { compareCodeUnits, type DriftedSlice } from '@tidegate/formats';

/** A part of a slice that does so much of what the slice does is where it comes from. */
const explains = 0.75;

/**
 * Slices in the order of what they do to the model, or without an outcome of how many rows would have to be others; but a slice comes after a part of
 * it that does three quarters of the same.
 */
export function rankSlices(found: readonly DriftedSlice[]): readonly DriftedSlice[] {
  const weights = new Map(found.map((one) => [one, weightOf(one)]));
  const placed = found.map((one) => {
    const own = weights.get(one) ?? 0;
    const causes = found.filter((other) => isPartOf(other, one)).flatMap((other) => weights.get(other) ?? []);
    const cause = Math.max(0, ...causes);
    return { one, weight: cause >= explains * own ? Math.min(own, cause * (1 - 1e-9)) : own };
  });
  const nameOf = ({ slice, feature }: DriftedSlice): string => JSON.stringify([slice.map(({ column, value }) => [column, value]), feature]);
  return placed.toSorted((a, b) => b.weight - a.weight || compareCodeUnits(nameOf(a.one), nameOf(b.one))).map(({ one }) => one);
}

function isPartOf(part: DriftedSlice, whole: DriftedSlice): boolean {
  if (part.feature !== whole.feature || part.slice.length <= whole.slice.length) return false;
  return whole.slice.every(({ column, value }) => part.slice.some((own) => own.column === column && own.value === value));
}

function weightOf({ effect, share, distance }: DriftedSlice): number {
  return effect === null ? share * distance : Math.abs(effect);
}
