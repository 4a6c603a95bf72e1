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
  /** The scale of errors upwards is so many times {@link scale}, that of errors downwards one through so many times. */
  readonly skew: number;
}

export interface SpreadPosterior {
  readonly spreads: readonly Spread[];
  /** Natural logarithm of the likelihood of the errors, over all spreads; comparable between ways of forecasting the same values. */
  readonly logLikelihood: number;
}

/**
 * How heavy the tails of errors may be, and how likely that is held to be beforehand. Heavy ones have most: while there are few errors
 * nothing else tells of them, and with many these learn it. `skewed`: how much of that is for errors that go farther to one side; heavy tails go far enough.
 */
const tails = [
  { tail: 3, prior: 0.6, skewed: 0 },
  { tail: 6, prior: 0.2, skewed: 0.3 },
  { tail: 200, prior: 0.2, skewed: 0.3 },
] as const;

/**
 * How much farther errors may go to one side than to the other, and how likely that is held to be beforehand. Forecasts lie in the middle, so half of the errors are on either
 * side, and each side has a scale of its own (a distribution in two pieces, as of Fernández and Steel 1998, Journal of the American Statistical Association 93:359, but
 * with half of the probability on each). Sums, waiting times and amounts of money are skewed: upwards an exponential distribution is four times as wide.
 */
const skews = [2, 1 / 2] as const;

/** Scales that are looked at for errors that are not skewed. */
const nodes = 28;

/**
 * What past errors tell of the spread of the next. Errors are independent, of Student's distribution around 0 with unknown scale, tails and skewness, plus
 * noise of a known size. The scale has a prior that is even in its logarithm, with which, for given tails and no noise, an interval of the next error
 * holds as often as it says for any number of errors (Severini, Mukerjee and Ghosh 2002, Biometrika 89:952: right Haar priors); sums over a grid stand for integrals.
 */
export function spreadPosterior(errors: readonly PastError[]): SpreadPosterior {
  const grids = tails.flatMap(({ tail, prior, skewed }) => {
    const { scales, width, logLikelihoods } = gridOf(errors, tail);
    const shape = (skew: number, share: number) => ({ tail, skew, scales, prior: prior * share * width, found: logLikelihoods(skew) });
    return [shape(1, 1 - skewed), ...(skewed === 0 ? [] : skews.map((skew) => shape(skew, skewed / skews.length)))];
  });
  const top = grids.reduce((most, { found }) => Math.max(most, ...found), Number.NEGATIVE_INFINITY);
  const spreads = grids.flatMap(({ tail, skew, scales, prior, found }) =>
    scales.map((scale, index) => ({ tail, skew, scale, weight: prior * Math.exp((found[index] ?? 0) - top) })),
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

interface Grid {
  readonly scales: readonly number[];
  /** What a scale stands for of the logarithm of the scale. */
  readonly width: number;
  /** By scale. */
  readonly logLikelihoods: (skew: number) => readonly number[];
}

/**
 * Scales from where nothing but noise is left to where larger ones have no weight, close together where the weight is. Their distance is a whole part of the logarithm of
 * the skewness, so that what each side says of each scale says it for any skewness.
 */
function gridOf(errors: readonly PastError[], tail: number): Grid {
  const [up, down] = [errors.filter(({ error }) => error > 0), errors.filter(({ error }) => error <= 0)];
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
  const steps = Math.max(1, Math.round((Math.LN2 * (nodes - 1)) / (to - from)));
  const width = Math.LN2 / steps;
  const count = Math.ceil((to - from) / width) + 1;
  const scales = Array.from({ length: count }, (_, index) => Math.exp(from + width * index));
  const ofSide = (side: readonly PastError[]): readonly number[] =>
    Array.from({ length: count + 2 * steps }, (_, index) => logLikelihood(side, Math.exp(from + width * (index - steps)), tail));
  const [above, below] = [ofSide(up), ofSide(down)];
  return {
    scales,
    width,
    logLikelihoods: (skew) => {
      const away = Math.round(Math.log2(skew) * steps);
      return scales.map((_, index) => (above[index + steps + away] ?? 0) + (below[index + steps - away] ?? 0));
    },
  };
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
