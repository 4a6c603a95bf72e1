import { studentCdf } from '../student-t.ts';
import { type Forecaster, forecasters, type Series } from './forecasters.ts';
import { type PastError, spreadPosterior, tailOfSum } from './spread-posterior.ts';

/** One possibility for the next value: two halves of Student's distribution that meet at a centre. */
interface Component {
  readonly weight: number;
  readonly centre: number;
  readonly up: Half;
  readonly down: Half;
}

interface Half {
  readonly scale: number;
  readonly tail: number;
}

/** What is expected of the next value of a series, on the scale of the series. */
export interface Prediction {
  readonly expected: number;
  /** The chance of a value at least as large, and at most as large. */
  readonly above: (value: number) => number;
  readonly below: (value: number) => number;
  /** The value that is exceeded with a chance, strictly between 0 and 0.5, upwards or downwards. */
  readonly exceeded: (chance: number, side: 'up' | 'down') => number;
  /** What the past speaks for, most likely first, with how likely it is. */
  readonly by: readonly { readonly name: Forecaster['name']; readonly weight: number }[];
  /** The usual size of errors of the forecast. */
  readonly spread: number;
}

interface IndexedError extends PastError {
  readonly index: number;
}

/** With fewer errors a way of forecasting is not judged. */
const leastErrors = 3;

/** Errors further back say little of the next one. */
const mostErrors = 80;

/**
 * Predicts the next value from values before it, of which there are at least 4: a mixture of several ways to forecast, each as likely as it foretold the past
 * step by step (Dawid 1984, JRSS A 147:278, prequential likelihood), with the spread that its own past errors had. So nothing is fitted to what it is judged by.
 *
 * @param noiseAt standard deviation that the value with this index has in any case where so much is expected; the index after the last one is the next value
 */
export function predictNext(series: Series, atMs: number, noiseAt: (index: number, expected: number) => number): Prediction {
  const count = series.values.length;
  const found = forecasters.flatMap((forecaster) => {
    const next = forecaster.forecast(series, count, atMs);
    const errors = next === null ? [] : pastErrors(series, forecaster, noiseAt);
    return next === null || errors.length < leastErrors ? [] : [{ forecaster, next, errors }];
  });
  const ofLevel = levelLikelihoods(found.find(({ forecaster }) => forecaster.name === 'level')?.errors ?? []);
  const weighed = found.map(({ forecaster, next, errors }) => {
    const posterior = spreadPosterior(errors);
    // by how much it foretold the values that it can forecast better than their level does
    const gain = forecaster.name === 'level' ? 0 : posterior.logLikelihood - ofLevel(errors);
    return { name: forecaster.name, next, posterior, logWeight: Math.log(forecaster.prior) + gain };
  });
  const top = Math.max(...weighed.map(({ logWeight }) => logWeight));
  const total = weighed.reduce((sum, { logWeight }) => sum + Math.exp(logWeight - top), 0);
  const by = weighed.map(({ name, logWeight }) => ({ name, weight: Math.exp(logWeight - top) / total }));
  const components = weighed.flatMap(({ next, posterior }, index) => {
    const ownWeight = by[index]?.weight ?? 0;
    if (ownWeight < 1e-4) return [];
    const noise = noiseAt(count, next.centre);
    return posterior.spreads.map(({ weight, scale, tail, skew }): Component => {
      const spread = scale * next.factor;
      const half = (own: number): Half => ({ scale: Math.hypot(own, noise), tail: tailOfSum(tail, { scale: own, noise }) });
      return { weight: ownWeight * weight, centre: next.centre, up: half(spread * skew), down: half(spread / skew) };
    });
  });
  return predictionOf(
    components.filter(({ weight }) => weight > 1e-8),
    by.toSorted((one, other) => other.weight - one.weight),
  );
}

/** The likelihood of errors of the level where another forecaster has errors. */
function levelLikelihoods(byLevel: readonly IndexedError[]): (errors: readonly IndexedError[]) => number {
  const known = new Map<string, number>();
  return (errors) => {
    const indices = new Set(errors.map(({ index }) => index));
    const name = [...indices].join(' ');
    const found = known.get(name) ?? spreadPosterior(byLevel.filter(({ index }) => indices.has(index))).logLikelihood;
    known.set(name, found);
    return found;
  };
}

/** Errors that the forecaster would have made, each from what was before. */
function pastErrors(
  series: Series,
  { forecast }: Forecaster,
  noiseAt: (index: number, expected: number) => number,
): readonly IndexedError[] {
  const errors: IndexedError[] = [];
  for (let index = Math.max(1, series.values.length - mostErrors); index < series.values.length; index++) {
    const made = forecast(series, index, series.times[index] ?? Number.NaN);
    if (made === null) continue;
    const error = (series.values[index] ?? Number.NaN) - made.centre;
    errors.push({ index, error, factor: made.factor, noise: noiseAt(index, made.centre) });
  }
  return errors;
}

function predictionOf(components: readonly Component[], by: Prediction['by']): Prediction {
  const total = components.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (of: (component: Component) => number): number =>
    components.reduce((sum, component) => sum + component.weight * of(component), 0) / total;
  const below = (value: number): number => mean((component) => chanceBeyond(component, { value, side: 'down' }));
  const above = (value: number): number => mean((component) => chanceBeyond(component, { value, side: 'up' }));
  const expected = mean(({ centre }) => centre);
  const spread = Math.exp(mean(({ up, down }) => Math.log((up.scale + down.scale) / 2)));
  const exceeded = (chance: number, side: 'up' | 'down'): number => {
    const direction = side === 'up' ? 1 : -1;
    const beyond = (distance: number): number => (side === 'up' ? above : below)(expected + direction * distance);
    return expected + direction * distanceWith(beyond, { chance, start: spread });
  };
  return { expected, above, below, exceeded, by, spread };
}

/** The chance of a value at least as large, or at most as large. */
function chanceBeyond({ centre, up, down }: Component, { value, side }: { readonly value: number; readonly side: 'up' | 'down' }): number {
  const half = value > centre ? up : down;
  const beyond = studentCdf(-Math.abs(value - centre) / half.scale, half.tail);
  return value > centre === (side === 'up') ? beyond : 1 - beyond;
}

/** The distance at which a falling chance is the one asked for, to a thousandth: bracketed, then by regula falsi in logarithms (the Illinois way). */
function distanceWith(
  beyond: (distance: number) => number,
  { chance, start }: { readonly chance: number; readonly start: number },
): number {
  const target = Math.log(chance);
  const off = (distance: number): number => Math.log(Math.max(beyond(distance), 1e-300)) - target;
  let [low, high] = [0, start];
  let [atLow, atHigh] = [off(low), off(high)];
  if (atLow <= 0) return 0;
  while (atHigh > 0 && high < start * 1e9) [low, atLow, high, atHigh] = [high, atHigh, high * 3, off(high * 3)];
  for (let step = 0; step < 60 && high - low > 1e-3 * high; step++) {
    const middle = step % 3 === 2 ? (low + high) / 2 : low + ((high - low) * atLow) / (atLow - atHigh);
    const found = off(middle);
    if (Math.abs(found) < 1e-3) return middle;
    if (found > 0) [low, atLow] = [middle, found];
    else [high, atHigh] = [middle, found];
  }
  return (low + high) / 2;
}
