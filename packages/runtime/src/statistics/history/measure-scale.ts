/**
 * What sort of number a measure of versions is, which decides the scale it is predicted on and the noise that it has in any case.
 *
 * - `count`: rows; at least 0.
 * - `values`: how many different values there are; at least 0. As a rule always the same ones come, so there is no noise but that a number is whole.
 * - `rate`: a share of rows.
 * - `mean`: a mean of values of rows.
 * - `lag`: hours from one moment to another, negative ones allowed.
 */
export type MeasureKind = 'count' | 'values' | 'rate' | 'mean' | 'lag';

/** The value of a measure in one version. */
export interface MeasuredPoint {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly value: number;
  /** Rows that a rate is a share of; ignored elsewhere. */
  readonly rows: number;
  /** What is known of the error of the value: the standard error of a mean; of a count and of different values, as a share of it; ignored elsewhere. */
  readonly error: number;
}

/** Counts well below this vary like Poisson's, which a square root makes even; counts well above in proportion, which a logarithm makes even. */
const turn = 100;

/** Lags shorter than an hour are taken as they are, longer ones by their logarithm, and known to this (three minutes, or 5 %). */
const lagNoise = 0.05;

/**
 * The value on the scale on which its spread does not depend on its size.
 *
 * - count: `2 asinh(sqrt((x + 3/8) / 100))` (Anscombe 1948, Biometrika 35:246, for counts that vary more than Poisson's);
 * - values: `log(x + 1)`;
 * - rate: `asin(sqrt((k + 3/8) / (n + 3/4)))` (Anscombe 1948, for k of n);
 * - mean: as it is; lag: `asinh(hours)`.
 */
export function toScale(kind: MeasureKind, { value, rows }: Pick<MeasuredPoint, 'value' | 'rows'>): number {
  switch (kind) {
    case 'count':
      return 2 * Math.asinh(Math.sqrt((value + 3 / 8) / turn));
    case 'values':
      return Math.log1p(value);
    case 'rate':
      return Math.asin(Math.sqrt(Math.min(1, (value * rows + 3 / 8) / (rows + 3 / 4))));
    case 'mean':
      return value;
    case 'lag':
      return Math.asinh(value);
  }
}

/** Inverse of {@link toScale}, within what such a measure can be. */
export function fromScale(kind: MeasureKind, y: number, { rows }: Pick<MeasuredPoint, 'rows'>): number {
  switch (kind) {
    case 'count':
      return Math.max(0, turn * Math.sinh(Math.max(y, 0) / 2) ** 2 - 3 / 8);
    case 'values':
      return Math.max(0, Math.expm1(y));
    case 'rate': {
      const share = Math.sin(Math.min(Math.max(y, 0), Math.PI / 2)) ** 2;
      return rows === 0 ? share : Math.min(1, Math.max(0, (share * (rows + 3 / 4) - 3 / 8) / rows));
    }
    case 'mean':
      return y;
    case 'lag':
      return Math.sinh(y);
  }
}

/**
 * Standard deviation, on the scale, that the measure has although nothing changes: Poisson's of a count of `expected` size, the binomial one of
 * a rate, the standard error of a mean. Above 0.
 *
 * @param expected on the scale
 */
export function noiseOf(kind: MeasureKind, expected: number, { rows, error }: Pick<MeasuredPoint, 'rows' | 'error'>): number {
  switch (kind) {
    case 'count':
      return Math.hypot(1 / (Math.sqrt(turn) * Math.cosh(Math.max(expected, 0) / 2)), error);
    case 'values':
      // of a number rounded to whole ones: the root of a twelfth
      return Math.hypot(Math.sqrt(1 / 12) / Math.exp(Math.max(expected, 0)), error);
    case 'rate':
      return 1 / (2 * Math.sqrt(rows + 1 / 2));
    case 'mean':
      // a mean that is known exactly is known to the digits that numbers have
      return Math.max(error, Math.abs(expected) * 1e-9, 1e-12);
    case 'lag':
      return lagNoise;
  }
}
