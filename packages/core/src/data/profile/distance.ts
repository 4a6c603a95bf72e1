import type { ColumnProfile } from '@tidegate/formats';
import { probabilities } from '@tidegate/runtime';

/**
 * How far the values of a column have moved, 0 (not at all) to 1 (no value in common), as far as two profiles tell: for numbers the largest difference between
 * the shares of values below any number (Kolmogorov-Smirnov), with the shares between quantiles interpolated; for texts and truth values half the sum of the
 * differences between shares (total variation), with all values that not both name taken as one, so that it is never too large. Null when profiles do not tell.
 */
export function distributionDistance(before: ColumnProfile, after: ColumnProfile): number | null {
  if (before.rows === before.nulls || after.rows === after.nulls) return null;
  if (before.top !== null && after.top !== null) return distanceOfValues(before, after);
  const [old, young] = [curveOf(before), curveOf(after)];
  if (old === null || young === null) return null;
  const places = [...old, ...young].map(({ at }) => at);
  return Math.max(0, ...places.flatMap((at) => sides.map((side) => Math.abs(shareBelow(old, at, side) - shareBelow(young, at, side)))));
}

interface Point {
  readonly at: number;
  readonly share: number;
}

/** What share of the values is at most so large; several points at one place are a value that many rows have. */
function curveOf({ min, max, quantiles }: ColumnProfile): readonly Point[] | null {
  if (typeof min !== 'number' || typeof max !== 'number' || quantiles === null) return null;
  const between = quantiles.map((at, index) => ({ at: Math.min(Math.max(at, min), max), share: probabilities[index] ?? 1 }));
  return [{ at: min, share: 0 }, ...between, { at: max, share: 1 }];
}

/** Just before a place, and at it. */
const sides = ['before', 'at'] as const;

function shareBelow(curve: readonly Point[], at: number, side: (typeof sides)[number]): number {
  const isPassed = (point: Point): boolean => (side === 'at' ? point.at <= at : point.at < at);
  const next = curve.findIndex((point) => !isPassed(point));
  if (next < 0) return 1;
  const [left, right] = [curve[next - 1], curve[next]];
  if (left === undefined || right === undefined) return 0;
  return left.share + ((right.share - left.share) * (at - left.at)) / (right.at - left.at);
}

function distanceOfValues(before: ColumnProfile, after: ColumnProfile): number {
  const [olds, news] = [sharesOf(before), sharesOf(after)];
  const isWhole = (shares: ReadonlyMap<string, number>): boolean => 1 - sum(shares.values()) < 1e-9;
  const named = [...new Set([...olds.keys(), ...news.keys()])].filter(
    (value) => (olds.has(value) || isWhole(olds)) && (news.has(value) || isWhole(news)),
  );
  const own = named.map((value) => (news.get(value) ?? 0) - (olds.get(value) ?? 0));
  return sum([...own, sum(own)].map(Math.abs)) / 2;
}

function sharesOf({ top, rows, nulls }: ColumnProfile): ReadonlyMap<string, number> {
  return new Map((top ?? []).map(({ value, count }) => [value, count / (rows - nulls)]));
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
