import type { Task } from '@tidegate/formats';
import type { Recomputed } from './bootstrap.ts';

/** What a model said of rows, beside the truth. Arrays have one entry per cell: a row is one cell, of a model of several labels one for each label. */
export interface Sample {
  readonly task: Task;
  /** Binary and several labels: 1 positive, 0 negative. Multiclass: index of the class. Regression: the value. */
  readonly truth: Float64Array;
  /** Binary and several labels: probability of the positive class. Multiclass: index of the class predicted. Regression: the value. */
  readonly prediction: Float64Array;
  /** Multiclass: probability that the model gave to the true class; null where a model gives none, and for other tasks. */
  readonly trueProbability: Float64Array | null;
  /** Cells of a row, which lie side by side. Default 1. */
  readonly labels?: number;
  /** By row: how much it counts, not negative. Default: all alike. */
  readonly weights?: Float64Array;
  /** By row: the index, from 0 without gaps, of the cluster of rows that are not independent of each other. Default: every row is. */
  readonly clusters?: Int32Array;
  /** By row: the index, from 0 without gaps, of the query whose rows are ranked together. */
  readonly queries?: Int32Array;
  /** By row: the last value known when the forecast was made; not a number where there was none. */
  readonly lastValue?: Float64Array;
  /** By custom metric: what each row contributes. */
  readonly contributions?: { readonly [metric: string]: Contribution };
  /** By custom metric that is no sum: what it is over exactly these rows. Rows that are taken out have none. */
  readonly recomputed?: { readonly [metric: string]: Recomputed };
}

/** A custom metric: a sum over rows divided by another; not a number where the user's function gave none. */
export interface Contribution {
  readonly values: Float64Array;
  /** Null: the metric is the mean of the values. */
  readonly per: Float64Array | null;
}

export function rowCount({ truth, labels = 1 }: Sample): number {
  return truth.length / labels;
}

/** Whether every cell counts alike and is independent of the others: then formulas hold, otherwise whole units are drawn again. */
export function areIndependentAndAlike({ labels = 1, weights, clusters }: Sample): boolean {
  return labels === 1 && weights === undefined && clusters === undefined;
}

/** Only these rows, in the order given. */
export function takeRows(sample: Sample, rows: Int32Array): Sample {
  const { labels = 1, weights, clusters, queries, lastValue, contributions } = sample;
  const take = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row] ?? Number.NaN);
  const cells =
    labels === 1
      ? rows
      : Int32Array.from({ length: rows.length * labels }, (_, cell) => (rows[Math.floor(cell / labels)] ?? 0) * labels + (cell % labels));
  const takeCells = (values: Float64Array): Float64Array => Float64Array.from(cells, (cell) => values[cell] ?? Number.NaN);
  return {
    task: sample.task,
    truth: takeCells(sample.truth),
    prediction: takeCells(sample.prediction),
    trueProbability: sample.trueProbability && take(sample.trueProbability),
    ...(labels !== 1 && { labels }),
    ...(weights !== undefined && { weights: take(weights) }),
    ...(clusters !== undefined && { clusters: withoutGaps(Array.from(rows, (row) => clusters[row])) }),
    ...(queries !== undefined && { queries: withoutGaps(Array.from(rows, (row) => queries[row])) }),
    ...(lastValue !== undefined && { lastValue: take(lastValue) }),
    ...(contributions !== undefined && {
      contributions: Object.fromEntries(
        Object.entries(contributions).map(([metric, { values, per }]) => [metric, { values: take(values), per: per && take(per) }]),
      ),
    }),
  };
}

/** Numbers the different values from 0 in the order in which they first occur. */
export function withoutGaps(values: readonly unknown[]): Int32Array {
  const known = new Map<unknown, number>();
  return Int32Array.from(values, (value) => {
    const index = known.get(value) ?? known.size;
    known.set(value, index);
    return index;
  });
}
