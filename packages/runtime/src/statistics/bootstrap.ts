import type { Difference, DifferenceOptions, Estimate } from './estimate.ts';
import { deleteGroupValues } from './jackknife.ts';
import { momentsOf } from './means.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { seededRandom } from './seeded-random.ts';
import { shareBelow, sortedQuantile } from './sorted.ts';
import { once, type WeightedStatistic } from './weights.ts';

export interface DrawOptions {
  /** Any whole number; the same seed gives the same bounds. */
  readonly seed: number;
  /** How often the rows are drawn anew. */
  readonly replicates: number;
}

export interface BootstrapOptions extends DrawOptions {
  /** How many there are to draw from. */
  readonly rows: number;
}

/** Values over drawn samples, with what BCa needs to correct their bias and skewness. */
interface Resampled {
  readonly value: number;
  /** Ascending. */
  readonly replicates: Float64Array;
  /** Bias correction z0. */
  readonly bias: number;
  readonly acceleration: number;
}

/** BCa bootstrap interval (Efron 1987, JASA 82:171). The bounds are null when more than half of the drawn samples have no value. */
export function bootstrapEstimate(statistic: WeightedStatistic, confidence: number, options: BootstrapOptions): Estimate {
  const resampled = resample(statistic, options);
  return {
    value: statistic(once(options.rows)),
    low: resampled && quantileOf(resampled, 1 - confidence),
    high: resampled && quantileOf(resampled, confidence),
    method: 'bootstrap-bca',
  };
}

/** BCa interval of a difference; the statistic sees the same drawn rows for both models. Null when it cannot be computed. */
export function bootstrapDifference(statistic: WeightedStatistic, options: DifferenceOptions & BootstrapOptions): Difference | null {
  const resampled = resample(statistic, options);
  if (resampled === null) return null;
  return {
    value: resampled.value,
    low: quantileOf(resampled, 1 - options.confidence),
    high: quantileOf(resampled, options.confidence),
    pInferior: probabilityBelow(resampled, -options.margin),
    pWorse: 1 - probabilityBelow(resampled, 0),
    standardError: Math.sqrt(momentsOf(resampled.replicates).variance),
    method: 'paired-bootstrap-bca',
  };
}

function resample(statistic: WeightedStatistic, options: BootstrapOptions): Resampled | null {
  const value = statistic(once(options.rows));
  const replicates = drawnValues(statistic, options).filter(Number.isFinite).sort();
  if (!Number.isFinite(value) || replicates.length < options.replicates / 2) return null;
  const bias = normalQuantile(insideUnit(shareBelow(replicates, value), replicates.length));
  return { value, replicates, bias, acceleration: accelerationOf(deleteGroupValues(statistic, options.rows)) };
}

function drawnValues(statistic: WeightedStatistic, { rows, seed, replicates }: BootstrapOptions): Float64Array {
  const random = seededRandom(seed);
  const weights = new Int32Array(rows);
  const values = new Float64Array(replicates);
  for (let replicate = 0; replicate < replicates; replicate++) {
    weights.fill(0);
    for (let draw = 0; draw < rows; draw++) {
      const row = random.below(rows);
      weights[row] = (weights[row] ?? 0) + 1;
    }
    values[replicate] = statistic(weights);
  }
  return values;
}

/** Skewness of the jackknife values over six. */
function accelerationOf(left: Float64Array): number {
  const { mean } = momentsOf(left);
  let squares = 0;
  let cubes = 0;
  for (const value of left) {
    squares += (mean - value) ** 2;
    cubes += (mean - value) ** 3;
  }
  const acceleration = cubes / (6 * squares ** 1.5);
  return Number.isFinite(acceleration) ? acceleration : 0;
}

function quantileOf({ replicates, bias, acceleration }: Resampled, probability: number): number {
  const shifted = bias + normalQuantile(probability);
  return sortedQuantile(replicates, normalCdf(bias + shifted / (1 - acceleration * shifted)));
}

/** The probability whose quantile is `bound`: {@link quantileOf} turned around. */
function probabilityBelow({ replicates, bias, acceleration }: Resampled, bound: number): number {
  const shifted = normalQuantile(insideUnit(shareBelow(replicates, bound), replicates.length)) - bias;
  return normalCdf(shifted / (1 + acceleration * shifted) - bias);
}

/** So many draws cannot show a probability nearer to 0 or 1 than half a draw. */
function insideUnit(share: number, draws: number): number {
  return Math.min(Math.max(share, 0.5 / draws), 1 - 0.5 / draws);
}
