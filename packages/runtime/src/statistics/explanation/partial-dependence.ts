import { momentsOf } from '../means.ts';
import { studentQuantile } from '../student-t.ts';
import { withoutGaps } from '../sample.ts';

/** What a model says on average, and row by row, when one input has a given value. */
export interface DependencePoint {
  /** Mean over the rows (Friedman 2001, Ann. Stat. 29:1189): partial dependence. */
  readonly mean: number;
  /** One-sided bounds of the mean, each at the confidence asked for; null for fewer than two rows. */
  readonly low: number | null;
  readonly high: number | null;
  /** Between them lie eight of ten rows: individual conditional expectation (Goldstein et al. 2015, JCGS 24:44). */
  readonly lowest: number;
  readonly highest: number;
}

/**
 * Values of a number at which a model is asked: as many at equal distances from the 5 % to the 95 % quantile, or all that there are when they are fewer.
 * As `partial_dependence` of scikit-learn, with its quantiles (`mquantiles` of SciPy).
 *
 * @param values not empty, all finite
 */
export function dependenceGrid(values: Float64Array, resolution: number): readonly number[] {
  const sorted = values.toSorted();
  const unique = [...new Set(sorted)];
  if (unique.length < resolution) return unique;
  const [low, high] = [plottingQuantile(sorted, 0.05), plottingQuantile(sorted, 0.95)];
  // nearly all rows have one value: the rest is shown from end to end
  const [from, to] = low < high ? [low, high] : [unique[0] ?? low, unique.at(-1) ?? high];
  return Array.from({ length: resolution }, (_, place) => from + ((to - from) * place) / (resolution - 1));
}

/** @param clusters by row, as of a sample; null: rows are independent */
export function dependencePoint(
  predictions: Float64Array,
  { confidence, clusters }: { readonly confidence: number; readonly clusters: Int32Array | null },
): DependencePoint {
  const { mean } = momentsOf(predictions);
  const { error, degrees } = errorOfMean(predictions, clusters);
  const sorted = predictions.toSorted();
  const reach = degrees < 1 ? null : studentQuantile(confidence, degrees) * error;
  return {
    mean,
    low: reach === null ? null : mean - reach,
    high: reach === null ? null : mean + reach,
    lowest: linearQuantile(sorted, 0.1),
    highest: linearQuantile(sorted, 0.9),
  };
}

/** Of a mean over clusters, whose sums are what is independent (Cochran 1977, Sampling Techniques, 6.4). */
function errorOfMean(values: Float64Array, clusters: Int32Array | null): { readonly error: number; readonly degrees: number } {
  const { mean, variance } = momentsOf(values);
  if (clusters === null) return { error: Math.sqrt(variance / values.length), degrees: values.length - 1 };
  const own = withoutGaps([...clusters]);
  const count = own.reduce((highest, cluster) => Math.max(highest, cluster), -1) + 1;
  const sums = new Float64Array(count);
  values.forEach((value, row) => (sums[own[row] ?? 0] = (sums[own[row] ?? 0] ?? 0) + value - mean));
  const squares = sums.reduce((total, sum) => total + sum * sum, 0);
  return { error: Math.sqrt((squares * count) / Math.max(1, count - 1)) / values.length, degrees: count - 1 };
}

/** `mquantiles` of SciPy: plotting positions with alphap = betap = 0.4 (Cunnane). */
function plottingQuantile(sorted: Float64Array, probability: number): number {
  const position = sorted.length * probability + 0.4 + 0.2 * probability;
  const before = Math.floor(Math.min(Math.max(position, 1), sorted.length - 1));
  const share = Math.min(Math.max(position - before, 0), 1);
  return (1 - share) * (sorted[before - 1] ?? Number.NaN) + share * (sorted[before] ?? sorted[before - 1] ?? Number.NaN);
}

/** `quantile` of NumPy. */
function linearQuantile(sorted: Float64Array, probability: number): number {
  const position = (sorted.length - 1) * probability;
  const [before = Number.NaN, after = Number.NaN] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  return before + (after - before) * (position - Math.floor(position));
}
