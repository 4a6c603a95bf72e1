/** A number computed from rows of which each counts `weights[row]` times; not finite when it cannot be computed. */
export type WeightedStatistic = (weights: Int32Array) => number;

/** Weights by which every row counts once. */
export function once(rows: number): Int32Array {
  return new Int32Array(rows).fill(1);
}

/**
 * A function of means over rows, such as the square root of a mean square.
 *
 * @param columns what each row contributes, one array for each mean
 */
export function statisticOfMeans(columns: readonly Float64Array[], of: (means: readonly number[]) => number): WeightedStatistic {
  return (weights) => {
    let total = 0;
    for (const weight of weights) total += weight;
    return of(columns.map((column) => weightedSum(column, weights) / total));
  };
}

function weightedSum(column: Float64Array, weights: Int32Array): number {
  let sum = 0;
  for (let row = 0; row < weights.length; row++) sum += (weights[row] ?? 0) * (column[row] ?? 0);
  return sum;
}
