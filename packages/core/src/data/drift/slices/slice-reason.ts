import type { DriftedSlice } from '@tidegate/formats';

/** What moved where, and what that does to the outcome, as a sentence with the numbers. */
export function sliceReason(found: Omit<DriftedSlice, 'reason'>, outcome: string | null): string {
  const { slice, feature, moved, distance, low, limit, effect, rows, share } = found;
  const where =
    slice.length === 0
      ? 'among all rows'
      : `where ${slice.map(({ column, value }) => (isSpan(value) ? `${column} is ${value}` : `${column} = ${value}`)).join(' and ')}`;
  const does = effect === null || outcome === null ? '' : `; by itself it moves the mean of ${outcome} by ${figure(effect)}`;
  return `${feature} moved ${where} (${percent(share)} of the rows): "${moved.bin}" from ${percent(moved.reference)} to ${percent(moved.current)}, total variation ${figure(distance)} (at least ${figure(low)}, ${figure(limit)} matters), ${rows.toLocaleString('en-US')} rows${does}`;
}

function isSpan(value: string): boolean {
  return /^(at most|above) -?\d/.test(value) || value === 'missing' || value === 'other values';
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}
