import type { StepName } from '@tidegate/formats';
import type { State } from '../../store/index.ts';
import { type StepRunTime, stepTimes } from '../history/step-runs.ts';

/** How long a step is likely to take, from how long it took: milliseconds. */
export interface ExpectedTime {
  readonly medianMs: number;
  /** The quartiles: half of the times lie between them. */
  readonly lowMs: number;
  readonly highMs: number;
  /** The newest. */
  readonly lastMs: number;
  /** How many times it is told from. */
  readonly count: number;
  /** Whether those had inputs of about this size, from half to twice of it; else all sizes count. */
  readonly likeSize: boolean;
}

/** Older times say little: the step was another one then. */
const mostTimes = 20;
/** With fewer of like size, those of all sizes say more. */
const leastOfLikeSize = 3;

/** Null when the step has never run to its end on this machine. `inputBytes` null = not known. */
export function expectedTime(
  state: State,
  step: { readonly project: string; readonly step: StepName },
  inputBytes: number | null,
): ExpectedTime | null {
  const times = stepTimes(state, step, mostTimes);
  const like = times.filter((time) => isLike(time, inputBytes));
  const likeSize = like.length >= leastOfLikeSize;
  const [last] = times;
  if (last === undefined) return null;
  const sorted = (likeSize ? like : times).map(({ durationMs }) => durationMs).toSorted((a, b) => a - b);
  return {
    medianMs: quantile(sorted, 0.5),
    lowMs: quantile(sorted, 0.25),
    highMs: quantile(sorted, 0.75),
    lastMs: last.durationMs,
    count: sorted.length,
    likeSize,
  };
}

function isLike({ inputBytes }: StepRunTime, wanted: number | null): boolean {
  return inputBytes !== null && wanted !== null && inputBytes <= 2 * wanted && wanted <= 2 * inputBytes;
}

/** Between the two nearest values in proportion (Hyndman and Fan 1996, definition 7). */
function quantile(sorted: readonly number[], probability: number): number {
  const place = (sorted.length - 1) * probability;
  const [low, high] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  return low + (high - low) * (place - Math.floor(place));
}
