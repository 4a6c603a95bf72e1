/** Rows by the bins of two columns. */
export interface CrossedBins {
  /** Row i: those in bin i of the first column, by the bin of the second one; bins from low to high. */
  readonly counts: readonly (readonly number[])[];
  /** Of each column by bin, whether all its rows have one value. */
  readonly areSingle: readonly [readonly boolean[], readonly boolean[]];
}

export interface BinnedCorrelation {
  readonly value: number;
  /** That of the rows is no farther from `value`, whatever they are within their bins. */
  readonly error: number;
}

/**
 * Spearman's rho of rows that are known by their bins. A rank is the mean rank of its bin and what it differs by, whose mean over the bin is 0 and whose variance is at most (n² - 1) / 12 for n rows, as when no two are
 * equal. So of the covariance of ranks only three parts are not known, each at most a product of deviations (Cauchy and Schwarz): of what ranks differ by in one column and, within its bins, of the bins' ranks in
 * the other, both ways round, and of what they differ by in both.
 *
 * @returns null with fewer than two rows, or when one column has one value only
 */
export function binnedSpearman({ counts, areSingle }: CrossedBins): BinnedCorrelation | null {
  const crossed = counts[0]?.map((_, bin) => counts.map((row) => row[bin] ?? 0)) ?? [];
  const [first, second] = [binsOf(counts, areSingle[0]), binsOf(crossed, areSingle[1])];
  const rows = first.rows;
  if (rows < 2 || first.between + first.within === 0 || second.between + second.within === 0) return null;
  let known = 0;
  for (const [bin, row] of counts.entries())
    for (const [other, count] of row.entries()) known += ((count * (first.ranks[bin] ?? 0)) / rows) * (second.ranks[other] ?? 0);
  const unknown =
    Math.sqrt(second.within * spreadWithin(crossed, first.ranks, rows)) +
    Math.sqrt(first.within * spreadWithin(counts, second.ranks, rows)) +
    Math.sqrt(first.within * second.within);
  const [least, most] = [known - unknown, known + unknown];
  const [narrow, wide] = [
    Math.sqrt(first.between * second.between),
    Math.sqrt((first.between + first.within) * (second.between + second.within)),
  ];
  const over = (covariance: number, deviations: number): number =>
    covariance === 0 ? 0 : Math.max(-1, Math.min(1, covariance / deviations));
  const [low, high] = [over(least, least < 0 ? narrow : wide), over(most, most < 0 ? wide : narrow)];
  return { value: (low + high) / 2, error: (high - low) / 2 };
}

interface RankedBins {
  readonly rows: number;
  /** Mean rank of each bin, less the mean of all. */
  readonly ranks: readonly number[];
  /** Variance of the mean ranks, and at most so much within bins. */
  readonly between: number;
  readonly within: number;
}

function binsOf(counts: readonly (readonly number[])[], areSingle: readonly boolean[]): RankedBins {
  const sizes = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const rows = sizes.reduce((sum, size) => sum + size, 0);
  const ranks: number[] = [];
  let [below, between, within] = [0, 0, 0];
  for (const [bin, size] of sizes.entries()) {
    const rank = below + size / 2 - rows / 2;
    ranks.push(rank);
    below += size;
    between += (size / rows) * rank * rank;
    if (areSingle[bin] !== true && size > 1) within += ((size / rows) * (size * size - 1)) / 12;
  }
  return { rows, ranks, between, within };
}

/** Mean variance of the other column's ranks within the bins of this one. */
function spreadWithin(counts: readonly (readonly number[])[], ranks: readonly number[], rows: number): number {
  let spread = 0;
  for (const row of counts) {
    const size = row.reduce((sum, count) => sum + count, 0);
    if (size === 0) continue;
    const mean = row.reduce((sum, count, bin) => sum + (count / size) * (ranks[bin] ?? 0), 0);
    spread += row.reduce((sum, count, bin) => sum + (count / rows) * ((ranks[bin] ?? 0) - mean) ** 2, 0);
  }
  return spread;
}
