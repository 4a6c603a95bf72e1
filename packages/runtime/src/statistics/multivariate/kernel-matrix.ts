import { countOf, type Points } from './points.ts';

/** Gaussian kernel of every pair of points, row by row, in single precision: four bytes a pair. */
export interface KernelMatrix {
  readonly values: Float32Array;
  readonly points: number;
  /** Median distance between two points; the width of the kernel. */
  readonly sigma: number;
}

/**
 * k(a, b) = exp(-|a - b|² / (2 sigma²)) with the median heuristic: sigma is the median distance between two of the points (Gretton et al. 2012,
 * Journal of Machine Learning Research 13:723, section 8). Where more than half of the pairs coincide it is the mean distance.
 *
 * @returns null when all points coincide
 */
export function kernelMatrix(all: Points): KernelMatrix | null {
  const points = countOf(all);
  const values = new Float32Array(points * points);
  const squares = new Float32Array((points * (points - 1)) / 2);
  let pair = 0;
  for (let a = 1; a < points; a++)
    for (let b = 0; b < a; b++) {
      const square = squaredDistance(all, a, b);
      squares[pair++] = square;
      values[a * points + b] = square;
    }
  const sigma = widthOf(squares);
  if (!(sigma > 0)) return null;
  const factor = -1 / (2 * sigma * sigma);
  for (let a = 0; a < points; a++) {
    values[a * points + a] = 1;
    for (let b = 0; b < a; b++) {
      const value = Math.exp((values[a * points + b] ?? 0) * factor);
      values[a * points + b] = value;
      values[b * points + a] = value;
    }
  }
  return { values, points, sigma };
}

function squaredDistance({ values, width }: Points, a: number, b: number): number {
  let square = 0;
  for (let at = 0; at < width; at++) {
    const difference = (values[a * width + at] ?? 0) - (values[b * width + at] ?? 0);
    square += difference * difference;
  }
  return square;
}

function widthOf(squares: Float32Array): number {
  if (squares.length === 0) return 0;
  const sorted = squares.slice().sort();
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)] ?? 0, sorted[Math.floor(sorted.length / 2)] ?? 0];
  const median = (Math.sqrt(low) + Math.sqrt(high)) / 2;
  return median > 0 ? median : sorted.reduce((sum, square) => sum + Math.sqrt(square), 0) / sorted.length;
}
