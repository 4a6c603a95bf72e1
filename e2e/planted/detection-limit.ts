import { normalQuantile } from '@tidegate/runtime';

/** What is compared, and how sure a finding must be. */
export interface Comparison {
  readonly earlierRows: number;
  readonly rows: number;
  /** Columns that are looked at, each of which might be found by chance. */
  readonly columns: number;
  /** Chance of even one finding when nothing changed. */
  readonly falseAlarms: number;
  /** Chance that a fault at the limit is found. */
  readonly power: number;
}

/**
 * The size of a fault at which a two-sided z test of the mean of a score finds it, at the level that Bonferroni leaves each column:
 * (z of the level + z of the power) * deviation * sqrt(1/n + 1/m) / effect. For the score that a fault is known to move no test does much better,
 * so this is what can be asked of any.
 *
 * @param deviation of the score among rows without a fault
 * @param effect what a fault of size one changes the mean of the score by
 * @returns null when the fault does not move the score
 */
export function limitOfScore(
  { deviation, effect }: { readonly deviation: number; readonly effect: number },
  comparison: Comparison,
): number | null {
  const { earlierRows, rows, columns, falseAlarms, power } = comparison;
  const reach = normalQuantile(1 - falseAlarms / (2 * columns)) + normalQuantile(power);
  const limit = (reach * deviation * Math.sqrt(1 / earlierRows + 1 / rows)) / Math.abs(effect);
  return Number.isFinite(limit) ? limit : null;
}

/**
 * The least number of rows with a value that earlier rows never had at which Fisher's exact test, two-sided as twice the smaller tail, is
 * significant at the level that Bonferroni leaves each column: of k such rows all are among the new ones with the chance
 * n (n-1) ... (n-k+1) / ((n+m) ... (n+m-k+1)).
 *
 * @returns null when even all rows would not be significant
 */
export function limitOfUnseen({ earlierRows, rows, columns, falseAlarms }: Comparison): number | null {
  let chance = 1;
  for (let found = 1; found <= rows; found++) {
    chance *= (rows - found + 1) / (rows + earlierRows - found + 1);
    if (2 * chance <= falseAlarms / columns) return found;
  }
  return null;
}

/**
 * The share of the rows whose loss numbers of rows of earlier versions make visible, were they normal and independent: the next one lies
 * within the z of both around their mean, with the deviation of a prediction, s sqrt(1 + 1/k).
 *
 * @returns null for fewer than five versions
 */
export function limitOfVolume(counts: readonly number[], { falseAlarms, power }: Comparison): number | null {
  if (counts.length < 5) return null;
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);
  const reach = normalQuantile(1 - falseAlarms / 2) + normalQuantile(power);
  return (reach * Math.sqrt(variance * (1 + 1 / counts.length))) / mean;
}
