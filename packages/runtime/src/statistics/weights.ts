/** A number computed from what is drawn, of which each counts so many times; not finite when it cannot be computed. */
export type WeightedStatistic = (weights: Weights) => number;

/** How often each row, or each unit that is drawn, counts. */
export type Weights = Int32Array | Float64Array;

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

/** A function of sums of what units contribute that does not change when all sums grow alike, such as a ratio. */
export function statisticOfSums(columns: readonly Float64Array[], of: (sums: readonly number[]) => number): WeightedStatistic {
  return (weights) => of(columns.map((column) => weightedSum(column, weights)));
}

function weightedSum(column: Float64Array, weights: Weights): number {
  let sum = 0;
  for (let row = 0; row < weights.length; row++) sum += (weights[row] ?? 0) * (column[row] ?? 0);
  return sum;
}
