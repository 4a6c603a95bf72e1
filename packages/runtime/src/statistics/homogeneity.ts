import { upperGamma } from './gamma.ts';

/** How often two samples fall into the same bins. Both lists have one entry for each bin. */
export interface BinCounts {
  readonly reference: readonly number[];
  readonly current: readonly number[];
}

export interface HomogeneityTest {
  readonly statistic: number;
  readonly degrees: number;
  readonly pValue: number;
  /** Bins after pooling. */
  readonly bins: number;
}

/** Expected count of a bin in the smaller sample below which it is pooled (Cochran 1954, Biometrics 10:417). */
const leastExpected = 5;

/**
 * Pearson's chi-square test that two samples come from one distribution over bins. Bins that are too rare for the chi-square
 * distribution to hold are pooled with the next: in their order where they have one, from frequent to rare elsewhere. Which ones is decided by the sums of both
 * samples alone, on which the test is conditional, so pooling does not change how often it errs.
 *
 * @returns null when fewer than two bins are left or a sample is empty
 */
export function homogeneityTest(counts: BinCounts, options: { readonly ordered: boolean }): HomogeneityTest | null {
  const rows = sum(counts.reference);
  const drawn = sum(counts.current);
  if (rows === 0 || drawn === 0) return null;
  const least = (leastExpected * (rows + drawn)) / Math.min(rows, drawn);
  const pairs = counts.reference.map((reference, bin): Pair => [reference, counts.current[bin] ?? 0]);
  const pooled = poolNeighbours(options.ordered ? pairs : pairs.toSorted((a, b) => size(b) - size(a)), least);
  if (pooled.length < 2) return null;
  let statistic = 0;
  for (const [reference, current] of pooled) {
    const together = reference + current;
    const expected = (together * rows) / (rows + drawn);
    // for two rows both cells of a bin deviate by the same amount
    statistic += (reference - expected) ** 2 * (1 / expected + 1 / (together - expected));
  }
  const degrees = pooled.length - 1;
  return { statistic, degrees, pValue: upperGamma(degrees / 2, statistic / 2), bins: pooled.length };
}

type Pair = readonly [reference: number, current: number];

function poolNeighbours(pairs: readonly Pair[], least: number): readonly Pair[] {
  const pooled: Pair[] = [];
  let open: Pair = [0, 0];
  for (const pair of pairs) {
    open = add(open, pair);
    if (open[0] + open[1] < least) continue;
    pooled.push(open);
    open = [0, 0];
  }
  const last = pooled.pop();
  return last === undefined ? [open] : [...pooled, add(last, open)];
}

function add(a: Pair, b: Pair): Pair {
  return [a[0] + b[0], a[1] + b[1]];
}

function size([reference, current]: Pair): number {
  return reference + current;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
