import { normalQuantile } from '../normal.ts';

export interface Correlation {
  /** -1 to 1. */
  readonly value: number;
  /** Variance of the estimate of its Fisher transform, atanh. */
  readonly variance: number;
  /** Rows with both values. */
  readonly rows: number;
}

/**
 * Values as the normal scores of their ranks, Phi⁻¹(rank / (n + 1)), ties by their mean rank (van der Waerden 1952): whatever the distribution of a column is, its scores are standard normal, so
 * that a correlation of scores says how columns go together and nothing of each. NaN where there is no value.
 */
export function normalScores(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).filter((row) => !Number.isNaN(values[row]));
  order.sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b);
  const scores = new Float64Array(values.length).fill(Number.NaN);
  let start = 0;
  for (let end = 1; end <= order.length; end++) {
    if (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) continue;
    const score = normalQuantile((start + end + 1) / 2 / (order.length + 1));
    for (let at = start; at < end; at++) scores[order[at] ?? 0] = score;
    start = end;
  }
  return scores;
}

/** Rows with both values that a correlation needs. */
const leastRows = 30;

/**
 * Pearson's correlation of two lists of scores with the variance of its Fisher transform by the influence of each row, z₁ z₂ - r (z₁² + z₂²) / 2 over 1 - r²: it holds for any joint
 * distribution, not for normal ones alone (Steiger and Hakstian 1982, British Journal of Mathematical and Statistical Psychology 35:208).
 *
 * @returns null with fewer than 30 rows that have both, or when one is constant
 */
export function correlationOf(first: Float64Array, second: Float64Array): Correlation | null {
  let [rows, sumA, sumB, squaresA, squaresB, products] = [0, 0, 0, 0, 0, 0];
  for (let row = 0; row < first.length; row++) {
    const [a, b] = [first[row] ?? Number.NaN, second[row] ?? Number.NaN];
    if (Number.isNaN(a) || Number.isNaN(b)) continue;
    rows++;
    sumA += a;
    sumB += b;
    squaresA += a * a;
    squaresB += b * b;
    products += a * b;
  }
  if (rows < leastRows) return null;
  const [meanA, meanB] = [sumA / rows, sumB / rows];
  const [scaleA, scaleB] = [Math.sqrt(squaresA / rows - meanA * meanA), Math.sqrt(squaresB / rows - meanB * meanB)];
  if (!(scaleA > 1e-9 && scaleB > 1e-9)) return null;
  // columns that say the same have no transform
  const value = Math.max(-0.9999, Math.min(0.9999, (products / rows - meanA * meanB) / (scaleA * scaleB)));
  let influence = 0;
  for (let row = 0; row < first.length; row++) {
    const [a, b] = [((first[row] ?? Number.NaN) - meanA) / scaleA, ((second[row] ?? Number.NaN) - meanB) / scaleB];
    if (Number.isNaN(a) || Number.isNaN(b)) continue;
    influence += (a * b - (value * (a * a + b * b)) / 2) ** 2;
  }
  // rows that happen to lie on a line do not prove that all do
  const spread = Math.max(influence / rows / (1 - value * value) ** 2, 0.05);
  return { value, variance: spread / (rows - 3), rows };
}
