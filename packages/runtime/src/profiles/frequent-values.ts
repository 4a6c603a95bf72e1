import { compareCodeUnits, type FrequentValues } from '@tidegate/formats';

export interface ValueLimits {
  /** Different values up to which all are kept. */
  readonly all: number;
  /** Where there are more, so many of the most frequent ones. */
  readonly most: number;
}

/** Of values: all of them while there are at most 4,096, else the 256 most frequent. */
export const valueLimits: ValueLimits = { all: 4096, most: 256 };
/** Of patterns. */
export const patternLimits: ValueLimits = { all: 64, most: 64 };

export interface MergeLimits {
  readonly values: ValueLimits;
  readonly patterns: ValueLimits;
}

/** Of a part of all rows. */
export const wholeLimits: MergeLimits = { values: valueLimits, patterns: patternLimits };
/** Of a part that is merged on: four times as many of the most frequent ones, so that merging step by step leaves out hardly more than merging all at once. */
export const stepLimits: MergeLimits = { values: { all: 4096, most: 1024 }, patterns: { all: 256, most: 256 } };

/**
 * Keeps what the limits allow. Where values are left out, those that have one row are too, and the error grows by the rows of the most frequent one among them, as in the
 * mergeable summaries of Agarwal, Cormode, Huang, Phillips, Wei and Yi (2012).
 */
export function keepFrequent(values: Iterable<readonly [string, number]>, error: number, { all, most }: ValueLimits): FrequentValues {
  const given = [...values];
  if (error === 0 && given.length <= all) return { values: byValue(given), error };
  const sorted = given.toSorted(([a, one], [b, other]) => other - one || compareCodeUnits(a, b));
  const kept = sorted.slice(0, most).filter(([, rows]) => rows > 1);
  const left = sorted[kept.length]?.[1] ?? 0;
  return { values: byValue(kept), error: error + left };
}

/** The frequent values of the rows of all. */
export function mergeFrequent(all: readonly FrequentValues[], limits: ValueLimits): FrequentValues {
  const rows = new Map<string, number>();
  for (const { values } of all) for (const [value, count] of values) rows.set(value, (rows.get(value) ?? 0) + count);
  const error = all.reduce((sum, one) => sum + one.error, 0);
  return keepFrequent(rows, error, limits);
}

/** Most frequent first. */
export function byFrequency({ values }: FrequentValues): readonly { readonly value: string; readonly count: number }[] {
  return values.map(([value, count]) => ({ value, count })).toSorted((a, b) => b.count - a.count || compareCodeUnits(a.value, b.value));
}

function byValue(values: readonly (readonly [string, number])[]): FrequentValues['values'] {
  return values.toSorted(([a], [b]) => compareCodeUnits(a, b));
}
