import type { KnownMetric } from '@tidegate/formats';
import { recomputedDifference } from './bootstrap.ts';
import { aucDifference } from './delong.ts';
import type { Difference, DifferenceOptions } from './estimate.ts';
import type { MeasureOptions } from './measure-metric.ts';
import { meanDifference } from './means.ts';
import { metricFormula } from './metric-formula.ts';
import { resampledDifference } from './resampling.ts';
import { areIndependentAndAlike, type Sample } from './sample.ts';
import { type PairedCounts, tangoDifference } from './tango.ts';
import { resampledMetric } from './units.ts';

/** Two models' predictions of the same rows in the same order. */
export interface Pair {
  readonly candidate: Sample;
  readonly champion: Sample;
}

/** A metric, and which way it points. */
export type ComparedMetric = Pick<KnownMetric, 'name' | 'higherIsBetter'>;

/**
 * Compares two models on the same rows by a metric; positive = the candidate is better, whichever way the metric points.
 *
 * @returns null when these rows cannot show it
 */
export function compareMetric(metric: ComparedMetric, pair: Pair, options: DifferenceOptions & MeasureOptions): Difference | null {
  if (pair.candidate.truth.length === 0) return null;
  const difference = differenceOf(metric, pair, options);
  return difference !== null && Number.isFinite(difference.value) ? difference : null;
}

function differenceOf(
  { name, higherIsBetter }: ComparedMetric,
  { candidate, champion }: Pair,
  options: DifferenceOptions & MeasureOptions,
): Difference | null {
  const [own, other] = [candidate.recomputed?.[name], champion.recomputed?.[name]];
  if (own !== undefined && other !== undefined)
    return higherIsBetter ? recomputedDifference(own, other, options) : recomputedDifference(other, own, options);
  const mine = metricFormula(name, candidate);
  const theirs = metricFormula(name, champion);
  if (areIndependentAndAlike(candidate)) {
    if (mine.kind === 'roc-area') return aucDifference(candidate.truth, candidate.prediction, champion.prediction, options);
    if (mine.kind === 'share' && theirs.kind === 'share') {
      const [better, worse] = higherIsBetter ? [mine.hits, theirs.hits] : [theirs.hits, mine.hits];
      return tangoDifference(countPairs(better, worse, mine.among), options);
    }
    if (mine.kind === 'mean' && theirs.kind === 'mean') {
      const sign = higherIsBetter ? 1 : -1;
      return meanDifference(
        mine.values.map((value, row) => sign * (value - (theirs.values[row] ?? Number.NaN))),
        options,
      );
    }
  }
  const [ofCandidate, ofChampion] = [resampledMetric(mine, candidate), resampledMetric(theirs, champion)];
  return higherIsBetter ? resampledDifference(ofCandidate, ofChampion, options) : resampledDifference(ofChampion, ofCandidate, options);
}

/** @param among rows that count, where it is 1; null: all */
function countPairs(better: Float64Array, worse: Float64Array, among: Float64Array | null): PairedCounts {
  let gained = 0;
  let lost = 0;
  let rows = 0;
  better.forEach((hit, row) => {
    if (among !== null && among[row] !== 1) return;
    rows++;
    if (hit > (worse[row] ?? 0)) gained++;
    if (hit < (worse[row] ?? 0)) lost++;
  });
  return { rows, gained, lost };
}
