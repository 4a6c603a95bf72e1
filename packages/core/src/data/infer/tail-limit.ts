/** The outermost values of a sample, on one side. */
export interface Tail {
  /** From the outermost inwards, each as often as it occurs; for a lower tail with its sign turned. */
  readonly outermost: readonly number[];
  /** Values of the sample. */
  readonly values: number;
  /** The least distance of two different values: 1 of whole numbers, 0 where there is none. */
  readonly step: number;
}

/** How likely a limit may be to be broken. */
export interface Wager {
  /** Values that come next. */
  readonly next: number;
  /** The chance that one of them lies beyond the limit. */
  readonly chance: number;
}

/** Fewest outermost values (beside the threshold) that a tail is judged by. */
export const fewestOutermost = 5;
/** Most of them: what lies further in says little of the tail. */
const mostOutermost = 400;

/** How many of the outermost values of so many are worth having; with the threshold one more. */
export function outermostOf(values: number): number {
  return Math.max(fewestOutermost, Math.min(mostOutermost, Math.max(Math.floor(values / 4), Math.min(Math.floor(values / 2), 50)))) + 1;
}

/** Shapes tried. Below 0 a tail ends, 0 is that of the exponential distribution, 0.5 has no variance, 1 no mean. */
const shapes = Array.from({ length: 31 }, (_, index) => -0.5 + index / 20);
/** Scales tried on either side of the one that a shape and the mean excess give, half a standard error apart. */
const scalesAside = 12;
/** What shapes are like before any data: those of most measured things are near 0. */
const usualShape = { mean: 0, deviation: 0.2 };

/**
 * A limit above a sample that values of the same distribution exceed with no more than the chance. The excesses over a threshold in the tail follow a generalised
 * Pareto distribution (Pickands 1975); its shape and scale are not estimated but averaged over, weighted by how well they explain the excesses, so that few rows give
 * a wide limit (predictive distribution; a normal prior of the shape, one of 1/scale of the scale).
 *
 * @returns null where there are too few values to tell
 */
export function limitBeyond({ outermost, values, step }: Tail, { next, chance }: Wager): number | null {
  const [largest] = outermost;
  const last = outermost.at(-1);
  if (largest === undefined || last === undefined || outermost.length <= fewestOutermost) return null;
  if (largest === last) return largest; // the end of the tail is one value: where it ends
  // values that are equal are all in the tail or none of them is, else it would seem to end sooner than it does
  const inTail = outermost.filter((value) => value > last);
  const count = inTail.length;
  const threshold = last + ((inTail.at(-1) ?? last) - last) / 2;
  if (count < fewestOutermost || !Number.isFinite(largest - threshold)) return null;
  const excesses = inTail.map((value) => value - threshold);
  const mean = excesses.reduce((sum, excess) => sum + excess / count, 0);
  const likely = posterior(excesses.map((excess) => excess / mean));
  const rate = (next * count) / values;
  const isSafe = (excess: number): boolean => rate * likely.reduce((sum, one) => sum + one.weight * beyond(one, excess), 0) <= chance;
  let [low, high] = [(largest - threshold) / mean, (2 * (largest - threshold)) / mean];
  while (!isSafe(high) && high < 1e12) [low, high] = [high, high * 2];
  if (high >= 1e12) return null;
  if (isSafe(low)) return largest;
  for (let halving = 0; halving < 40; halving++) {
    const middle = (low + high) / 2;
    if (isSafe(middle)) high = middle;
    else low = middle;
  }
  return threshold + high * mean + step / 2;
}

interface Pareto {
  readonly shape: number;
  readonly scale: number;
}

/** The chance of an excess above this one. */
function beyond({ shape, scale }: Pareto, excess: number): number {
  if (shape === 0) return Math.exp(-excess / scale);
  const inner = 1 + (shape * excess) / scale;
  return inner <= 0 ? 0 : inner ** (-1 / shape);
}

function posterior(excesses: readonly number[]): readonly (Pareto & { readonly weight: number })[] {
  const largest = excesses[0] ?? 0;
  const all = shapes.flatMap((raw) => {
    const shape = Math.abs(raw) < 1e-9 ? 0 : raw;
    const prior = -(((shape - usualShape.mean) / usualShape.deviation) ** 2) / 2;
    return scalesFor(shape, excesses.length).flatMap((scale) => {
      if (1 + (shape * largest) / scale <= 1e-9) return [];
      return [{ shape, scale, log: prior + logLikelihood({ shape, scale }, excesses) }];
    });
  });
  const best = all.reduce((most, { log }) => Math.max(most, log), Number.NEGATIVE_INFINITY);
  const near = all.filter(({ log }) => log > best - 30);
  const sum = near.reduce((total, { log }) => total + Math.exp(log - best), 0);
  return near.map(({ shape, scale, log }) => ({ shape, scale, weight: Math.exp(log - best) / sum }));
}

/** In units of the mean excess, which is scale / (1 - shape). */
function scalesFor(shape: number, count: number): readonly number[] {
  const center = Math.max(0.1, 1 - shape);
  return Array.from({ length: 2 * scalesAside + 1 }, (_, index) => center * Math.exp((index - scalesAside) / (2 * Math.sqrt(count))));
}

function logLikelihood({ shape, scale }: Pareto, excesses: readonly number[]): number {
  let log = -excesses.length * Math.log(scale);
  for (const excess of excesses) log -= shape === 0 ? excess / scale : (1 + 1 / shape) * Math.log1p((shape * excess) / scale);
  return log;
}
