import { isNewTime, lastOfSameTime, type Series } from './forecasters.ts';
import { type MeasuredPoint, type MeasureKind, noiseOf, toScale } from './measure-scale.ts';
import { type Prediction, predictNext } from './predict-next.ts';

/**
 * What became of a value of the past.
 *
 * - `counted`: what is next is expected from it.
 * - `left-out`: it lay outside of what was expected then, and nobody has said that it was fine.
 * - `fine`: as `left-out`, but somebody has said that it was fine: values as far off as it pass.
 * - `step`: with it a new level began: what came before was moved there.
 */
export type PastState = 'counted' | 'left-out' | 'fine' | 'step';

/** The past of a measure as the next value is expected from it. */
export interface SettledPast {
  readonly series: Series;
  /** Points behind the values of the series. */
  readonly points: readonly MeasuredPoint[];
  /** One for each point of the past. */
  readonly states: readonly PastState[];
  /** How far off, on the scale, values were that somebody has said were fine. */
  readonly allowed: readonly number[];
}

/** Values before a prediction is made of them. */
export const leastPast = 5;

/** To be left out a value must be this much less likely than an anomaly: what is left out makes the spread of the others smaller than it is. */
const leftOutShare = 0.1;

/** So many values one after the other that agree on a new level make it one, whether or not somebody said so. */
const agreeing = 3;

export interface PastOptions {
  readonly kind: MeasureKind;
  /** Indices of points that somebody has said are fine. */
  readonly fine: ReadonlySet<number>;
  /** The chance, of a value that is as ever, to be left out. */
  readonly level: number;
}

/** Looks at each value of the past as it was when it came, and says which of them count. */
export function settlePast(past: readonly MeasuredPoint[], { kind, fine, level }: PastOptions): SettledPast {
  let kept: Draft = { times: [], values: [], points: [], allowed: [] };
  const states: PastState[] = [];
  for (const [index, point] of past.entries()) {
    const value = toScale(kind, point);
    const isUsual = isWithin(kept.values, value) || isNewTime(kept.times, point.atMs);
    const prediction = isUsual ? null : predictedAt(kept, { kind, point });
    if (prediction === null || chanceOf(prediction, value) > level * leftOutShare) {
      kept = withPoint(kept, point, value);
      states.push('counted');
      continue;
    }
    const away = value - prediction.expected;
    const before = states[index - 1];
    if (before === 'fine' && kept.allowed.some((allowed) => chanceOf(prediction, value - allowed) > level)) {
      // the second value at a level that somebody has said is fine
      const former = past[index - 1];
      const moved = { ...moveBy(kept, away), allowed: kept.allowed.slice(0, -1) };
      kept = withPoint(former === undefined ? moved : withPoint(moved, former, toScale(kind, former)), point, value);
      states[index - 1] = 'step';
      states.push('counted');
      continue;
    }
    if (fine.has(index)) {
      kept = { ...kept, allowed: [...kept.allowed, away] };
      states.push('fine');
      continue;
    }
    states.push('left-out');
    const alike = sameTimesLeftOut(past, states);
    if (
      alike.length === agreeing &&
      isAgreed(
        alike.map((at) => past[at] ?? point),
        { kind, away },
      )
    ) {
      // what comes again at the same time of the week or day is as it should be there
      for (const at of alike) {
        const one = past[at] ?? point;
        kept = inOrder(withPoint(kept, one, toScale(kind, one)));
        states[at] = 'counted';
      }
      continue;
    }
    const last = past.slice(index + 1 - agreeing, index + 1);
    const areLeftOut = last.length === agreeing && states.slice(-agreeing).every((state) => state === 'left-out');
    if (!areLeftOut || !isAgreed(last, { kind, away })) continue;
    const levels = last.map((one) => toScale(kind, one));
    kept = moveBy(kept, levels.toSorted((a, b) => a - b)[1] ?? value, prediction.expected);
    last.forEach((one, at) => (kept = withPoint(kept, one, levels[at] ?? value)));
    states.splice(-agreeing, agreeing, 'step', 'counted', 'counted');
  }
  return { series: { times: kept.times, values: kept.values }, points: kept.points, states, allowed: kept.allowed };
}

/** Whether values differ among themselves by half at most of what they are away from what was expected. */
function isAgreed(points: readonly MeasuredPoint[], { kind, away }: { readonly kind: MeasureKind; readonly away: number }): boolean {
  const levels = points.map((one) => toScale(kind, one));
  return Math.max(...levels) - Math.min(...levels) <= Math.abs(away) / 2;
}

/** The newest value, which was left out, and as many before it of its time of the week or of the day as it takes, where they were left out one after the other. */
function sameTimesLeftOut(past: readonly MeasuredPoint[], states: readonly PastState[]): readonly number[] {
  const newest = states.length - 1;
  const times = past.map(({ atMs }) => atMs);
  const before = lastOfSameTime(times, newest);
  const found = [newest, ...before.slice(0, agreeing - 1)];
  return found.every((index) => states[index] === 'left-out') ? found.toReversed() : [];
}

/** What a point is expected to be after these; null while there are too few. */
export function predictedAt(
  { times, values, points }: Pick<Draft, 'times' | 'values' | 'points'>,
  { kind, point }: { readonly kind: MeasureKind; readonly point: MeasuredPoint },
): Prediction | null {
  if (values.length < leastPast) return null;
  return predictNext({ times, values }, point.atMs, (index, expected) => noiseOf(kind, expected, points[index] ?? point));
}

/** The chance of a value at least as far off, to either side. */
export function chanceOf({ above, below }: Prediction, value: number): number {
  return Math.min(1, 2 * Math.min(above(value), below(value)));
}

interface Draft {
  readonly times: readonly number[];
  readonly values: readonly number[];
  readonly points: readonly MeasuredPoint[];
  readonly allowed: readonly number[];
}

function withPoint(kept: Draft, point: MeasuredPoint, value: number): Draft {
  return { ...kept, times: [...kept.times, point.atMs], values: [...kept.values, value], points: [...kept.points, point] };
}

function inOrder({ times, values, points, allowed }: Draft): Draft {
  const order = times.map((time, index) => ({ time, index })).toSorted((one, other) => one.time - other.time);
  const sorted = <T>(all: readonly T[]): readonly T[] => order.flatMap(({ index }) => all[index] ?? []);
  return { times: sorted(times), values: sorted(values), points: sorted(points), allowed };
}

function moveBy(kept: Draft, to: number, from = 0): Draft {
  return { ...kept, values: kept.values.map((value) => value + to - from) };
}

/** Whether a value lies among the newest ones, give or take: no prediction could find it far off, so none is made. */
function isWithin(values: readonly number[], value: number): boolean {
  if (values.length < leastPast) return true;
  const newest = values.slice(-20);
  const [low, high] = [Math.min(...newest), Math.max(...newest)];
  const more = (high - low) / 4;
  return value >= low - more && value <= high + more;
}
