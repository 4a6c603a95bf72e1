/** How what two models answer for the same rows compares. */
export interface Parity {
  readonly rows: number;
  /** Rows in which a number is further apart than the tolerance. */
  readonly different: number;
  readonly largestDifference: number;
  /** What is allowed: so much, and that share of the number. */
  readonly tolerance: number;
}

/** ONNX converters compute with 32 bits where the original has 64: seven digits of which the last two are noise. */
export const parityTolerance = 1e-4;

/** Compares numbers by row; a list that is shorter differs. NaN equals NaN. */
export function compareAnswers(original: readonly (readonly number[])[], converted: readonly (readonly number[])[]): Parity {
  let different = 0;
  let largest = 0;
  for (let row = 0; row < Math.max(original.length, converted.length); row++) {
    const [was, is] = [original[row] ?? [], converted[row] ?? []];
    const apart = was.map((value, index) => distance(value, is[index] ?? Number.POSITIVE_INFINITY));
    if (was.length !== is.length || apart.some((far, index) => far > 0 && !(far <= parityTolerance * (1 + Math.abs(was[index] ?? 0)))))
      different++;
    largest = Math.max(largest, ...apart);
  }
  return { rows: original.length, different, largestDifference: largest, tolerance: parityTolerance };
}

function distance(a: number, b: number): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  return Number.isNaN(a - b) ? Number.POSITIVE_INFINITY : Math.abs(a - b);
}
