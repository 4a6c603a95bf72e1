import type { Task } from '@tidegate/formats';

/** What a model said of rows, beside the truth. All arrays have one entry per row. */
export interface Sample {
  readonly task: Task;
  /** Binary: 1 positive, 0 negative. Multiclass: index of the class. Regression: the value. */
  readonly truth: Float64Array;
  /** Binary: probability of the positive class. Multiclass: index of the class predicted. Regression: the value. */
  readonly prediction: Float64Array;
  /** Multiclass: probability that the model gave to the true class; null where a model gives none, and for other tasks. */
  readonly trueProbability: Float64Array | null;
}

/** Only these rows, in the order given. */
export function takeRows(sample: Sample, rows: Int32Array): Sample {
  const take = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row] ?? Number.NaN);
  return {
    task: sample.task,
    truth: take(sample.truth),
    prediction: take(sample.prediction),
    trueProbability: sample.trueProbability && take(sample.trueProbability),
  };
}
