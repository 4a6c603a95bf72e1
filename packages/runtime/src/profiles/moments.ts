/** Number, mean and standard deviation (over all rows) of numbers. */
export interface Moments {
  readonly rows: number;
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Moments of the rows of both, by the formula of Chan, Golub and LeVeque (1979), "Updating formulae and a pairwise algorithm for computing sample variances". In
 * terms of deviations, not of sums of squares, so that nothing leaves the range of numbers.
 */
export function mergeMoments(one: Moments, other: Moments): Moments {
  const rows = one.rows + other.rows;
  if (rows === 0) return one;
  const [first, second] = [one.rows / rows, other.rows / rows];
  const apart = other.mean / 2 - one.mean / 2; // half of it, since the whole may be larger than the largest number
  const mean = one.mean + 2 * (apart * second);
  const deviation = Math.hypot(
    Math.sqrt(first) * one.deviation,
    Math.sqrt(second) * other.deviation,
    2 * (Math.sqrt(first * second) * apart),
  );
  return { rows, mean, deviation };
}
