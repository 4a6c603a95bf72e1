export interface Eigen {
  /** Largest first. */
  readonly values: readonly number[];
  /** Unit vectors in the order of the values; the largest entry of each is positive. */
  readonly vectors: readonly (readonly number[])[];
}

/** Sweeps that hardly any matrix needs: seven or eight are usual. */
const mostSweeps = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations, 8.5): as exact as doubles
 * allow, and fast enough for some hundreds of rows.
 */
export function symmetricEigen(matrix: readonly Float64Array[]): Eigen {
  const size = matrix.length;
  const a = matrix.map((row) => row.slice());
  const v = matrix.map((_, index) => new Float64Array(size).fill(1, index, index + 1));
  const total = a.reduce((sum, row) => sum + row.reduce((own, value) => own + value * value, 0), 0);
  for (let sweep = 0; sweep < mostSweeps && offDiagonal(a) > 1e-30 * total; sweep++)
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(a, v, p, q);
  const order = a.map((_, index) => index).sort((i, j) => (a[j]?.[j] ?? 0) - (a[i]?.[i] ?? 0) || i - j);
  return { values: order.map((index) => a[index]?.[index] ?? 0), vectors: order.map((index) => upright(v.map((row) => row[index] ?? 0))) };
}

function offDiagonal(a: readonly Float64Array[]): number {
  let sum = 0;
  for (const [row, values] of a.entries()) for (let column = 0; column < row; column++) sum += 2 * (values[column] ?? 0) ** 2;
  return sum;
}

/** Turns the plane of p and q so that their entry becomes 0. */
function rotate(a: readonly Float64Array[], v: readonly Float64Array[], p: number, q: number): void {
  const [rowP, rowQ] = [a[p], a[q]];
  if (rowP === undefined || rowQ === undefined) return;
  const between = rowP[q] ?? 0;
  if (between === 0) return;
  const angle = ((rowQ[q] ?? 0) - (rowP[p] ?? 0)) / (2 * between);
  const t = (angle >= 0 ? 1 : -1) / (Math.abs(angle) + Math.hypot(1, angle));
  const c = 1 / Math.hypot(1, t);
  const s = t * c;
  for (const row of a) turn(row, p, q, c, s);
  for (let column = 0; column < a.length; column++) {
    const [x, y] = [rowP[column] ?? 0, rowQ[column] ?? 0];
    rowP[column] = c * x - s * y;
    rowQ[column] = s * x + c * y;
  }
  for (const row of v) turn(row, p, q, c, s);
}

function turn(row: Float64Array, p: number, q: number, c: number, s: number): void {
  const [x, y] = [row[p] ?? 0, row[q] ?? 0];
  row[p] = c * x - s * y;
  row[q] = s * x + c * y;
}

/** A vector and its opposite are the same direction; one of them is taken. */
function upright(vector: readonly number[]): readonly number[] {
  const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) + 1e-12 ? value : best), 0);
  return largest < 0 ? vector.map((value) => -value) : vector;
}
