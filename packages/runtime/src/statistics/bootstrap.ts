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

/** A statistic that was computed elsewhere, of the same rows in every part. */
export interface Recomputed {
  readonly value: number;
  /** Over drawn samples, in the order of the draws; not a number where it could not be computed. */
  readonly replicates: Float64Array;
  /** With each group of rows left out in turn. */
  readonly left: Float64Array;
}

/** Fewer drawn samples give no interval that anything could be judged by. */
const leastReplicates = 200;

/** BCa interval of a statistic that was computed elsewhere. The bounds are null for fewer than 200 drawn samples. */
export function recomputedEstimate(recomputed: Recomputed, confidence: number): Estimate {
  const { value, replicates } = recomputed;
  const resampled = resampledOf(recomputed, leastReplicates);
  return {
    value,
    low: resampled && quantileOf(resampled, 1 - confidence),
    high: resampled && quantileOf(resampled, confidence),
    method: `recomputed-bootstrap-${replicates.length}`,
  };
}

/** The same of a difference, draw by draw: both must come from the same draws. Where one has fewer, only those count. */
export function recomputedDifference(better: Recomputed, worse: Recomputed, options: DifferenceOptions): Difference | null {
  const minus = (one: Float64Array, other: Float64Array): Float64Array =>
    one.subarray(0, Math.min(one.length, other.length)).map((value, index) => value - (other[index] ?? Number.NaN));
  const difference = {
    value: better.value - worse.value,
    replicates: minus(better.replicates, worse.replicates),
    left: minus(better.left, worse.left),
  };
  const resampled = resampledOf(difference, leastReplicates);
  return resampled && differenceOf(resampled, options, `paired-recomputed-bootstrap-${difference.replicates.length}`);
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
  return resampled && differenceOf(resampled, options, 'paired-bootstrap-bca');
}

function differenceOf(resampled: Resampled, options: DifferenceOptions, method: string): Difference {
  return {
    value: resampled.value,
    low: quantileOf(resampled, 1 - options.confidence),
    high: quantileOf(resampled, options.confidence),
    pInferior: probabilityBelow(resampled, -options.margin),
    pWorse: 1 - probabilityBelow(resampled, 0),
    standardError: Math.sqrt(momentsOf(resampled.replicates).variance),
    method,
  };
}

function resample(statistic: WeightedStatistic, options: BootstrapOptions): Resampled | null {
  const value = statistic(once(options.rows));
  const replicates = drawnValues(statistic, options);
  if (!Number.isFinite(value)) return null;
  return resampledOf({ value, replicates, left: deleteGroupValues(statistic, options.rows) }, options.replicates / 2);
}

/** Null when the statistic has no value, or fewer drawn samples than `least` or than half of them have one. */
function resampledOf({ value, replicates: drawn, left }: Recomputed, least: number): Resampled | null {
  const replicates = drawn.filter(Number.isFinite).sort();
  if (!Number.isFinite(value) || replicates.length < Math.max(least, drawn.length / 2)) return null;
  const bias = normalQuantile(insideUnit(shareBelow(replicates, value), replicates.length));
  return { value, replicates, bias, acceleration: accelerationOf(left) };
}

function drawnValues(statistic: WeightedStatistic, { rows, seed, replicates }: BootstrapOptions): Float64Array {
  const counts = drawnCounts({ rows, seed, replicates });
  const weights = new Int32Array(rows);
  const values = new Float64Array(replicates);
  for (let replicate = 0; replicate < replicates; replicate++) {
    weights.set(counts.subarray(replicate * rows, (replicate + 1) * rows));
    values[replicate] = statistic(weights);
  }
  return values;
}

/**
 * How often each row is drawn, replicate after replicate. An evaluation draws the same for every metric, slice and model, which is most of what a
 * bootstrap costs; so the last ones are kept: 20 MB for 10,000 rows and 2,000 replicates.
 */
function drawnCounts(options: BootstrapOptions): Uint8Array {
  const { rows, seed, replicates } = options;
  if (lastDrawn !== null && lastDrawn.rows === rows && lastDrawn.seed === seed && lastDrawn.replicates === replicates)
    return lastDrawn.counts;
  const random = seededRandom(seed);
  const counts = new Uint8Array(rows * replicates);
  for (let from = 0; from < counts.length; from += rows)
    for (let draw = 0; draw < rows; draw++) {
      // a row is drawn once on average: no byte will ever overflow
      const at = from + random.below(rows);
      counts[at] = (counts[at] ?? 0) + 1;
    }
  lastDrawn = { rows, seed, replicates, counts };
  return counts;
}

let lastDrawn: (BootstrapOptions & { readonly counts: Uint8Array }) | null = null;

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
