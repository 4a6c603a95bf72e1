/** Numbers with their ranks. */
export interface RankedColumn {
  /** By row; NaN where there is no value. */
  readonly values: Float64Array;
  /** How many rows have a value. */
  readonly known: number;
  /** From 1 on, of equal ones their mean; NaN where there is no value. */
  readonly ranks: Float64Array;
}

export function rankedColumn(values: Float64Array): RankedColumn {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const ranks = values.map((value) =>
    Number.isNaN(value) ? Number.NaN : (placeOf(sorted, value, 'first') + placeOf(sorted, value, 'last') + 1) / 2,
  );
  return { values, known: sorted.length, ranks };
}

/** How many numbers are smaller (`first`), or at most so large (`last`). */
function placeOf(sorted: Float64Array, value: number, side: 'first' | 'last'): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const own = sorted[middle] ?? Number.NaN;
    if (own < value || (side === 'last' && own === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Spearman's rho of two columns: Pearson's r of their ranks, those that are equal having their mean rank, over the rows where both have a value (Spearman 1904; as `spearmanr` of SciPy with
 * `nan_policy="omit"`).
 *
 * @returns null with fewer than two such rows, or when one has one value in them only
 */
export function spearmanOf(one: RankedColumn, other: RankedColumn): number | null {
  const isBoth = (row: number): boolean => !Number.isNaN(one.values[row]) && !Number.isNaN(other.values[row]);
  let rows = 0;
  for (let row = 0; row < one.values.length; row++) if (isBoth(row)) rows++;
  const among = (column: RankedColumn): Float64Array =>
    column.known === rows ? column.ranks : rankedColumn(column.values.map((value, row) => (isBoth(row) ? value : Number.NaN))).ranks;
  return correlationOfRanks(among(one), among(other), rows);
}

function correlationOfRanks(first: Float64Array, second: Float64Array, rows: number): number | null {
  // the mean of ranks is what it is, so no sum grows beyond what a number holds exactly
  const mean = (rows + 1) / 2;
  let [products, squares, otherSquares] = [0, 0, 0];
  for (let row = 0; row < first.length; row++) {
    const [a, b] = [(first[row] ?? 0) - mean, (second[row] ?? 0) - mean];
    if (Number.isNaN(a) || Number.isNaN(b)) continue;
    products += a * b;
    squares += a * a;
    otherSquares += b * b;
  }
  if (rows < 2 || squares === 0 || otherSquares === 0) return null;
  return Math.max(-1, Math.min(1, products / (Math.sqrt(squares) * Math.sqrt(otherSquares))));
}
