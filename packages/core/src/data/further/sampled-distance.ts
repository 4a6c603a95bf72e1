import type { ColumnProfile } from '@tidegate/formats';

/** How seldom chance alone gives more. */
const alpha = 0.01;

/** Values of a column: what its distance is estimated from. */
type Sample = Pick<ColumnProfile, 'rows' | 'nulls' | 'top'>;

/**
 * The distance that chance alone exceeds in one of a hundred comparisons of two samples of one distribution. For numbers sqrt(ln(2/α)/2 · (1/n + 1/m)), the
 * limit of Smirnov's statistic; for classes the mean of the total variation, Σ sqrt(p(1-p)(1/n + 1/m)) / 2 at most, and McDiarmid's bound above it,
 * sqrt(ln(1/α)/2 · (1/n + 1/m)).
 */
export function sampledDistance(before: Sample, after: Sample): number {
  return spreadOf(before, after) * Math.sqrt(1 / countOf(before) + 1 / countOf(after));
}

/** How many values the younger of two samples must have for chance to stay below a distance; null when the older has too few for any. */
export function rowsNeeded(before: Sample, after: Sample, distance: number): number | null {
  const inverse = (distance / spreadOf(before, after)) ** 2 - 1 / countOf(before);
  return inverse > 0 && distance > 0 ? Math.ceil(1 / inverse) : null;
}

/** What the distance by chance is, times sqrt(1/n + 1/m). */
function spreadOf(before: Sample, after: Sample): number {
  if (before.top === null || after.top === null) return Math.sqrt(Math.log(2 / alpha) / 2);
  const shares = sharedShares(before, after);
  return shares.reduce((sum, share) => sum + Math.sqrt(share * (1 - share)), 0) / 2 + Math.sqrt(Math.log(1 / alpha) / 2);
}

function sharedShares(before: Sample, after: Sample): readonly number[] {
  const counts = new Map<string, number>();
  for (const { value, count } of [...(before.top ?? []), ...(after.top ?? [])]) counts.set(value, (counts.get(value) ?? 0) + count);
  const all = countOf(before) + countOf(after);
  const rest = all - [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...counts.values(), Math.max(rest, 0)].map((count) => Math.min(count / all, 1));
}

function countOf({ rows, nulls }: Sample): number {
  return rows - nulls;
}
