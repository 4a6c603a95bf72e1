import { type ComparedMetric, compareMetric } from '../compare-metric.ts';
import type { MeasureOptions } from '../measure-metric.ts';
import { momentsOf } from '../means.ts';
import { metricValue } from '../metric-value.ts';
import { rowCount, type Sample } from '../sample.ts';

/** How much worse a metric becomes where inputs say nothing any more; more than 0 where they matter. */
export interface PermutationImportance {
  /** Mean over the repeats, in the unit of the metric: `importances_mean` of scikit-learn. */
  readonly value: number;
  /** One-sided bounds, each at the confidence asked for. */
  readonly low: number;
  readonly high: number;
  /** Standard deviation over the repeats, divided by their number: `importances_std` of scikit-learn. */
  readonly spread: number;
  readonly method: string;
}

export interface PermutedSamples {
  readonly base: Sample;
  /** The same rows with the values of the inputs shuffled among them, once for each repeat. */
  readonly permuted: readonly Sample[];
}

/**
 * Permutation importance (Breiman 2001, Machine Learning 45:5; Fisher, Rudin, Dominici 2019, JMLR 20:177) with an interval: what a row gives in every
 * repeat, with the prediction that nothing was done to, stays together, and rows (or clusters, or queries) are drawn again. So it counts both which rows
 * there happened to be and how they happened to be shuffled.
 *
 * @returns null when these rows cannot show the metric
 */
export function permutationImportance(
  metric: ComparedMetric,
  { base, permuted }: PermutedSamples,
  options: MeasureOptions,
): PermutationImportance | null {
  const own = metricValue(metric.name, base);
  const values = permuted.map((sample) => metricValue(metric.name, sample));
  const known = values.filter((value) => value !== null);
  if (own === null || known.length === 0 || known.length < values.length) return null;
  const sign = metric.higherIsBetter ? 1 : -1;
  const drops = Float64Array.from(known, (value) => sign * (own - value));
  const { mean, variance } = momentsOf(drops);
  const spread = Math.sqrt((variance * (drops.length - 1)) / drops.length);
  if (permuted.every((sample) => isSame(sample, base))) return { value: 0, low: 0, high: 0, spread: 0, method: 'unmoved' };
  const pair = { candidate: stacked(permuted.map(() => base)), champion: stacked(permuted) };
  const difference = compareMetric(metric, pair, { ...options, margin: 0 });
  if (difference === null) return null;
  // of areas under curves the rows of all repeats together are not quite the mean of the repeats: the bounds go with the mean
  const { value, low, high, method } = difference;
  return { value: mean, low: mean + low - value, high: mean + high - value, spread, method };
}

function isSame(one: Sample, other: Sample): boolean {
  return (
    one.prediction.every((value, cell) => value === other.prediction[cell]) &&
    (one.trueProbability === null || one.trueProbability.every((value, row) => value === other.trueProbability?.[row]))
  );
}

/** Repeats one after the other; what belongs to one row, cluster or query is one cluster. */
function stacked(samples: readonly Sample[]): Sample {
  const [first] = samples;
  if (first === undefined) throw new RangeError('there is no sample to stack');
  const { task, labels = 1, clusters, queries, weights, lastValue } = first;
  const rows = rowCount(first);
  const unit = clusters ?? queries ?? Int32Array.from({ length: rows }, (_, row) => row);
  const queryCount = (queries ?? unit).reduce((highest, query) => Math.max(highest, query), -1) + 1;
  const repeated = (values: Float64Array): Float64Array => joined(samples.map(() => values));
  return {
    task,
    truth: joined(samples.map(({ truth }) => truth)),
    prediction: joined(samples.map(({ prediction }) => prediction)),
    trueProbability:
      first.trueProbability === null
        ? null
        : joined(samples.map(({ trueProbability }) => trueProbability ?? new Float64Array(rows).fill(Number.NaN))),
    ...(labels !== 1 && { labels }),
    clusters: Int32Array.from({ length: rows * samples.length }, (_, place) => unit[place % rows] ?? 0),
    ...(weights !== undefined && { weights: repeated(weights) }),
    ...(lastValue !== undefined && { lastValue: repeated(lastValue) }),
    ...(queries !== undefined && {
      queries: Int32Array.from(
        { length: rows * samples.length },
        (_, place) => (queries[place % rows] ?? 0) + Math.floor(place / rows) * queryCount,
      ),
    }),
  };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
