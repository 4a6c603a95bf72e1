import { symmetricEigen } from './symmetric-eigen.ts';
import { countOf, type Points } from './points.ts';

/** The directions in which points of a reference differ most, and what it takes to go there and back. */
export interface PrincipalComponents {
  readonly means: readonly number[];
  /** Standard deviations; 1 where all points are alike. */
  readonly scales: readonly number[];
  /** Unit vectors, that of the largest variance first. */
  readonly components: readonly (readonly number[])[];
  /** Share of the variance that they keep. */
  readonly kept: number;
}

/**
 * As few principal components of standardised points as keep a share of their variance (Pearson 1901, Philosophical Magazine 2:559; standard deviations
 * with n below, as scikit-learn's StandardScaler has them).
 *
 * @param share of the variance that is kept at least, below 1. NannyML's 0.65 leaves room for what is lost to be seen
 */
export function principalComponents(points: Points, share = 0.65): PrincipalComponents {
  const { means, scales } = scalesOf(points);
  const { values, vectors } = symmetricEigen(correlationsOf(points, means, scales));
  const all = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  let kept = 0;
  let count = 0;
  while (count < values.length && kept < share * all * (1 - 1e-12)) kept += Math.max(0, values[count++] ?? 0);
  return { means, scales, components: vectors.slice(0, count), kept: all === 0 ? 1 : kept / all };
}

/** How far each point is from what its components say of it, in standardised units: the length of what is lost. */
export function reconstructionErrors({ values, width }: Points, { means, scales, components }: PrincipalComponents): Float64Array {
  const own = new Float64Array(width);
  return Float64Array.from({ length: countOf({ values, width }) }, (_, point) => {
    let square = 0;
    for (let at = 0; at < width; at++) {
      const value = ((values[point * width + at] ?? 0) - (means[at] ?? 0)) / (scales[at] ?? 1);
      own[at] = value;
      square += value * value;
    }
    // what unit vectors at right angles keep of a vector is the sum of the squares of its parts along them
    for (const component of components) {
      let along = 0;
      for (let at = 0; at < width; at++) along += (own[at] ?? 0) * (component[at] ?? 0);
      square -= along * along;
    }
    return Math.sqrt(Math.max(0, square));
  });
}

function scalesOf(points: Points): Pick<PrincipalComponents, 'means' | 'scales'> {
  const { values, width } = points;
  const rows = countOf(points);
  const means = Array.from({ length: width }, () => 0);
  for (let at = 0; at < values.length; at++) means[at % width] = (means[at % width] ?? 0) + (values[at] ?? 0) / rows;
  const squares = Array.from({ length: width }, () => 0);
  for (let at = 0; at < values.length; at++)
    squares[at % width] = (squares[at % width] ?? 0) + ((values[at] ?? 0) - (means[at % width] ?? 0)) ** 2 / rows;
  return { means, scales: squares.map((square) => (square > 0 ? Math.sqrt(square) : 1)) };
}

function correlationsOf(points: Points, means: readonly number[], scales: readonly number[]): readonly Float64Array[] {
  const { values, width } = points;
  const rows = countOf(points);
  const sums = Array.from({ length: width }, () => new Float64Array(width));
  const own = new Float64Array(width);
  for (let point = 0; point < rows; point++) {
    for (let at = 0; at < width; at++) own[at] = ((values[point * width + at] ?? 0) - (means[at] ?? 0)) / (scales[at] ?? 1);
    for (const [at, row] of sums.entries()) {
      const value = own[at] ?? 0;
      for (let other = 0; other <= at; other++) row[other] = (row[other] ?? 0) + value * (own[other] ?? 0);
    }
  }
  return sums.map((row, at) => row.map((value, other) => (other <= at ? value : (sums[other]?.[at] ?? 0)) / Math.max(1, rows)));
}
