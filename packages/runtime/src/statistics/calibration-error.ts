/** Bins of equal number of rows. */
const bins = 15;

/**
 * Squared calibration error of probabilities of two classes, without the bias that few rows in a bin have: over bins of equal size the mean of
 * (p̄ - ȳ)² - ȳ(1 - ȳ)/(n - 1), weighted by their rows (Kumar, Liang and Ma 2019, NeurIPS, "debiased estimator"). Of a perfectly calibrated model
 * it is 0 on average, and may be below.
 *
 * @returns null for fewer rows than four a bin
 */
export function calibrationError(truth: Float64Array, probability: Float64Array): number | null {
  const rows = truth.length;
  if (rows < 4 * bins) return null;
  const order = Int32Array.from(truth.keys()).sort((a, b) => (probability[a] ?? 0) - (probability[b] ?? 0));
  let error = 0;
  for (let bin = 0; bin < bins; bin++) {
    const [from, until] = [Math.floor((bin * rows) / bins), Math.floor(((bin + 1) * rows) / bins)];
    let predicted = 0;
    let positive = 0;
    for (let rank = from; rank < until; rank++) {
      predicted += probability[order[rank] ?? 0] ?? 0;
      positive += truth[order[rank] ?? 0] ?? 0;
    }
    const size = until - from;
    const [p, y] = [predicted / size, positive / size];
    error += (size / rows) * ((p - y) ** 2 - (y * (1 - y)) / (size - 1));
  }
  return error;
}
