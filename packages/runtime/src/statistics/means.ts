import {
  type Difference,
  type DifferenceOptions,
  type Estimate,
  studentSpread,
  symmetricDifference,
  symmetricEstimate,
} from './estimate.ts';

export interface Moments {
  readonly rows: number;
  readonly mean: number;
  /** With n - 1 below; 0 for a single value. */
  readonly variance: number;
}

/** Mean and variance in two passes, so that a large mean costs no digits. */
export function momentsOf(values: Float64Array): Moments {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { rows: values.length, mean, variance: values.length < 2 ? 0 : squares / (values.length - 1) };
}

/** Student's interval of a mean, for metrics that are means of a loss per row. Null bounds for fewer than two rows. */
export function meanEstimate(values: Float64Array, confidence: number): Estimate {
  const { rows, mean, variance } = momentsOf(values);
  if (rows < 2) return { value: mean, low: null, high: null, method: 'student-t' };
  return symmetricEstimate(mean, Math.sqrt(variance / rows), confidence, studentSpread('student-t', rows - 1));
}

/** Student's interval of the mean of paired differences, each positive where the candidate is better. Null for fewer than two rows. */
export function meanDifference(differences: Float64Array, options: DifferenceOptions): Difference | null {
  const { rows, mean, variance } = momentsOf(differences);
  if (rows < 2) return null;
  return symmetricDifference(mean, Math.sqrt(variance / rows), options, studentSpread('paired-t', rows - 1));
}
