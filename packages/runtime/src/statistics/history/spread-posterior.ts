import { logGamma } from '../gamma.ts';

/** An error of a forecast from the past: how far off it was, by how much its own spread was larger than usual, and the noise known of it. */
export interface PastError {
  readonly error: number;
  readonly factor: number;
  readonly noise: number;
}

/** One possibility for the spread of errors, and how likely it is. */
export interface Spread {
  readonly weight: number;
  /** Scale of errors of forecasts with factor 1, without their noise. */
  readonly scale: number;
  /** Degrees of freedom of Student's distribution that these errors have. */
  readonly tail: number;
}

export interface SpreadPosterior {
  readonly spreads: readonly Spread[];
  /** Natural logarithm of the likelihood of the errors, over all spreads; comparable between ways of forecasting the same values. */
  readonly logLikelihood: number;
}

/**
 * How heavy the tails of errors may be, and how likely that is held to be beforehand. Heavy ones have most: while there are few errors
 * nothing else tells of them, and with many these learn it.
 */
const tails = [
  { tail: 3, prior: 0.6 },
  { tail: 6, prior: 0.2 },
  { tail: 200, prior: 0.2 },
] as const;

const nodes = 28;

/**
 * What past errors tell of the spread of the next. Errors are independent, of Student's distribution around 0 with unknown scale and tails, plus
 * noise of a known size. The scale has a prior that is even in its logarithm, with which, for given tails and no noise, an interval of the next error
 * holds as often as it says for any number of errors (Severini, Mukerjee and Ghosh 2002, Biometrika 89:952: right Haar priors); sums over a grid stand for integrals.
 */
export function spreadPosterior(errors: readonly PastError[]): SpreadPosterior {
  const grids = tails.map(({ tail, prior }) => ({ tail, prior, grid: gridOf(errors, tail) }));
  const top = Math.max(...grids.flatMap(({ grid }) => grid.map(({ logLikelihood }) => logLikelihood)));
  const spreads = grids.flatMap(({ tail, prior, grid }) =>
    grid.map(({ scale, width, logLikelihood }) => ({ tail, scale, weight: prior * width * Math.exp(logLikelihood - top) })),
  );
  const total = spreads.reduce((sum, { weight }) => sum + weight, 0);
  return {
    spreads: spreads.map(({ weight, ...spread }) => ({ ...spread, weight: weight / total })).filter(({ weight }) => weight > 1e-9),
    logLikelihood: top + Math.log(total),
  };
}

/**
 * Degrees of freedom of the sum of an error with heavy tails and of noise without, by their kurtosis: noise that outweighs the error
 * makes it a normal one.
 */
export function tailOfSum(tail: number, { scale, noise }: { readonly scale: number; readonly noise: number }): number {
  return Math.min(200, tail * (1 + (noise / scale) ** 2) ** 2);
}

interface GridPoint {
  readonly scale: number;
  /** What it stands for of the logarithm of the scale. */
  readonly width: number;
  readonly logLikelihood: number;
}

/** Scales from where nothing but noise is left to where larger ones have no weight, close together where the weight is. */
function gridOf(errors: readonly PastError[], tail: number): readonly GridPoint[] {
  const least = Math.log(smallestScale(errors));
  const most = Math.max(least + 1, Math.log(largest(errors)) + 1);
  let mode = least;
  let best = Number.NEGATIVE_INFINITY;
  for (let step = 0; step <= 12; step++) {
    const log = least + ((most - least) * step) / 12;
    const found = logLikelihood(errors, Math.exp(log), tail);
    if (found > best) [mode, best] = [log, found];
  }
  const reach = Math.sqrt((tail + 3) / (2 * tail * errors.length));
  const coarse = (most - least) / 12;
  const from = Math.max(least, mode - coarse - 5 * reach);
  const to = mode + coarse + 5 * reach + 16 / errors.length;
  const width = (to - from) / (nodes - 1);
  return Array.from({ length: nodes }, (_, index) => {
    const scale = Math.exp(from + width * index);
    return { scale, width, logLikelihood: logLikelihood(errors, scale, tail) };
  });
}

/** Below a quarter of the noise a spread makes no difference. */
function smallestScale(errors: readonly PastError[]): number {
  const noises = errors.map(({ noise, factor }) => noise / factor).toSorted((a, b) => a - b);
  return (noises[noises.length >> 1] ?? 1) / 4;
}

function largest(errors: readonly PastError[]): number {
  return errors.reduce((most, { error, factor, noise }) => Math.max(most, Math.abs(error) / factor, noise / factor), 0);
}

function logLikelihood(errors: readonly PastError[], scale: number, tail: number): number {
  let sum = 0;
  for (const { error, factor, noise } of errors) {
    const own = scale * factor;
    const squared = own * own + noise * noise;
    const degrees = tailOfSum(tail, { scale: own, noise });
    sum += logConstant(degrees) - 0.5 * Math.log(squared) - ((degrees + 1) / 2) * Math.log1p((error * error) / (squared * degrees));
  }
  return sum;
}

/** Of the density of Student's distribution, between entries of a table even in 1 / degrees: good to a ten-thousandth from 3 degrees of freedom on. */
function logConstant(degrees: number): number {
  const place = (3 * (constants.length - 2)) / degrees;
  const before = constants[Math.floor(place)] ?? 0;
  const after = constants[Math.floor(place) + 1] ?? before;
  return before + (after - before) * (place - Math.floor(place));
}

const constants: readonly number[] = Array.from({ length: 66 }, (_, index) => {
  const degrees = (3 * 64) / Math.max(index, 1e-3);
  return logGamma((degrees + 1) / 2) - logGamma(degrees / 2) - 0.5 * Math.log(Math.PI * degrees);
});
