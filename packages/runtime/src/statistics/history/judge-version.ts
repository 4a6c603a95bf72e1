import type { Verdict } from '@tidegate/formats';
import { studentQuantile } from '../student-t.ts';
import { fromScale, type MeasuredPoint, type MeasureKind, toScale } from './measure-scale.ts';
import type { Prediction } from './predict-next.ts';
import { isNewTime } from './forecasters.ts';
import { chanceOf, leastPast, type PastState, predictedAt, settlePast } from './settle-past.ts';

/** A measure of a version, with what it was in the versions before. */
export interface MeasureToJudge {
  readonly kind: MeasureKind;
  /** `up`: only a value that is too large is one. */
  readonly sides: 'both' | 'up';
  /** In the order of time. */
  readonly past: readonly MeasuredPoint[];
  /** Indices of values of the past that somebody has said are fine. */
  readonly fine: ReadonlySet<number>;
  readonly next: MeasuredPoint;
  /** Its part of the false alarms, in proportion to those of the other measures. */
  readonly weight: number;
  /** Of a mean: the size of a change that matters. Ignored elsewhere. */
  readonly unit: number;
}

export interface JudgedVersionMeasure {
  /** `inconclusive` when a change that matters could not be seen. */
  readonly verdict: Exclude<Verdict, 'invalid'>;
  /** Null with fewer than five values before it that count. */
  readonly expected: number | null;
  /** A value outside of these is an anomaly; null = there is no such limit. */
  readonly low: number | null;
  readonly high: number | null;
  /** The chance of a value at least as far off when nothing has changed. */
  readonly chance: number | null;
  /** Below this chance it is an anomaly: its part of the false alarms of a version. */
  readonly level: number;
  /** Versions that it takes, or would take if they vary as those before, to see a change that matters; null when it is seen, or never will be. */
  readonly needed: number | null;
  /** The ways of forecasting that the past speaks for, most likely first. */
  readonly by: Prediction['by'];
  /** What became of each value of the past. */
  readonly past: readonly PastState[];
  /** Whether it passes only because a value as far off was said to be fine. */
  readonly isAllowed: boolean;
  /** Whether no version before it is of its time of the week, or of the day: what would be an anomaly is inconclusive then. */
  readonly isNewTime: boolean;
}

/**
 * Judges the measures of one version by what they were in the versions before. The chance of any false alarm in a version that is as ever is
 * `falseAlarms` at most, however the measures depend on each other (Bonferroni, with weights).
 *
 * @returns a judgement for each measure, in their order
 */
export function judgeVersion(
  measures: readonly MeasureToJudge[],
  { falseAlarms }: { readonly falseAlarms: number },
): readonly JudgedVersionMeasure[] {
  const weights = measures.reduce((sum, { weight }) => sum + weight, 0);
  return measures.map((measure) => judgeMeasure(measure, (falseAlarms * measure.weight) / weights));
}

function judgeMeasure(measure: MeasureToJudge, level: number): JudgedVersionMeasure {
  const { kind, next, sides } = measure;
  // both sides share the chance; where one side does not count the other has all of it
  const twoSided = sides === 'both' ? level : 2 * level;
  const settled = settlePast(measure.past, { kind, fine: measure.fine, level: twoSided });
  const prediction = predictedAt({ ...settled.series, points: settled.points }, { kind, point: next });
  const unknown = { expected: null, low: null, high: null, chance: null, level, past: settled.states, isAllowed: false, isNewTime: false };
  if (prediction === null) return { ...unknown, verdict: 'inconclusive', needed: leastPast, by: [] };
  const limits = limitsOf(prediction, { measure, chance: twoSided / 2 });
  const expected = fromScale(kind, prediction.expected, next);
  const chance = chanceTo(prediction, measure, 0);
  const isAllowed = chance <= level && settled.allowed.some((away) => chanceTo(prediction, measure, away) > level);
  const isNew = isNewTime(settled.series.times, next.atMs);
  const found = { ...limits, expected, chance, level, by: prediction.by, past: settled.states, isAllowed, isNewTime: isNew };
  if (chance <= level && !isAllowed) return { ...found, verdict: isNew ? 'inconclusive' : 'fail', needed: null };
  const hidden = hiddenChange({ expected, ...limits }, measure);
  if (hidden === null) return { ...found, verdict: 'pass', needed: null };
  return {
    ...found,
    verdict: 'inconclusive',
    needed: versionsNeeded(prediction, { hidden, measure, chance: twoSided / 2, past: settled.series.values.length }),
  };
}

/** The chance of a value at least as far off as the next one, moved back by something that is fine. Counted things are taken half a thing nearer: they have no values between. */
function chanceTo(prediction: Prediction, { kind, next, sides }: MeasureToJudge, away: number): number {
  const half = kind === 'count' ? 0.5 : kind === 'rate' ? 0.5 / Math.max(next.rows, 1) : 0;
  const from = (step: number): number => toScale(kind, { value: Math.max(0, next.value + step), rows: next.rows }) - away;
  if (half === 0) {
    const value = toScale(kind, next) - away;
    return sides === 'up' ? prediction.above(value) : chanceOf(prediction, value);
  }
  const above = prediction.above(next.value === 0 ? Number.NEGATIVE_INFINITY : from(-half));
  return sides === 'up' ? above : Math.min(1, 2 * Math.min(above, prediction.below(from(half))));
}

function limitsOf(
  prediction: Prediction,
  { measure: { kind, next, sides }, chance }: { readonly measure: MeasureToJudge; readonly chance: number },
): { readonly low: number | null; readonly high: number | null } {
  const valueAt = (y: number): number => fromScale(kind, y, next);
  const low = sides === 'up' ? null : prediction.exceeded(chance, 'down');
  const high = prediction.exceeded(chance, 'up');
  const hasLow = low !== null && (kind === 'mean' || kind === 'lag' || low > toScale(kind, { value: 0, rows: next.rows }));
  const hasHigh = kind !== 'rate' || high < toScale(kind, { value: 1, rows: next.rows });
  return { low: hasLow && low !== null ? valueAt(low) : null, high: hasHigh ? valueAt(high) : null };
}

/**
 * The smallest change that matters, as a value, where it would not be seen; null when it would: half of a count, a rate by ten points, a mean by its
 * unit, a lag twice as long and an hour.
 */
function hiddenChange(
  { expected, low, high }: { readonly expected: number; readonly low: number | null; readonly high: number | null },
  { kind, unit }: MeasureToJudge,
): number | null {
  const isHiddenBelow = (value: number): boolean => low === null || value >= low;
  const isHiddenAbove = (value: number): boolean => high === null || value <= high;
  switch (kind) {
    case 'count':
    case 'values':
      return isHiddenBelow(expected / 2) ? expected / 2 : null;
    case 'rate':
      if (expected <= 0.9) return isHiddenAbove(expected + 0.1) ? expected + 0.1 : null;
      return isHiddenBelow(expected - 0.1) ? expected - 0.1 : null;
    case 'mean':
      return isHiddenAbove(expected + unit) ? expected + unit : isHiddenBelow(expected - unit) ? expected - unit : null;
    case 'lag':
      return isHiddenAbove(expected + Math.abs(expected) + 1) ? expected + Math.abs(expected) + 1 : null;
  }
}

/** By normal values of the spread that was found; null when no number of versions would do. */
function versionsNeeded(
  prediction: Prediction,
  {
    hidden,
    measure: { kind, next },
    chance,
    past,
  }: { readonly hidden: number; readonly measure: MeasureToJudge; readonly chance: number; readonly past: number },
): number | null {
  const distance = Math.abs(toScale(kind, { value: hidden, rows: next.rows }) - prediction.expected);
  // with many values tails are about those of six degrees of freedom
  for (const versions of [6, 7, 8, 9, 10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 200])
    if (versions > past && studentQuantile(1 - chance, Math.min(6, versions - 1)) * prediction.spread <= distance) return versions;
  return null;
}
