import { findMetric, type MetricName } from '@tidegate/formats';
import { aucDifference } from './delong.ts';
import type { Difference, DifferenceOptions } from './estimate.ts';
import type { MeasureOptions } from './measure-metric.ts';
import { meanDifference } from './means.ts';
import { metricFormula } from './metric-formula.ts';
import { resampledDifference, resampledStatistic } from './resampling.ts';
import type { Sample } from './sample.ts';
import { type PairedCounts, tangoDifference } from './tango.ts';
import type { WeightedStatistic } from './weights.ts';

/** Two models' predictions of the same rows in the same order. */
export interface Pair {
  readonly candidate: Sample;
  readonly champion: Sample;
}

/**
 * Compares two models on the same rows by a metric; positive = the candidate is better, whichever way the metric points.
 *
 * @returns null when these rows cannot show it
 */
export function compareMetric(metric: MetricName, pair: Pair, options: DifferenceOptions & MeasureOptions): Difference | null {
  if (pair.candidate.truth.length === 0) return null;
  const difference = differenceOf(metric, pair, options);
  return difference !== null && Number.isFinite(difference.value) ? difference : null;
}

function differenceOf(metric: MetricName, { candidate, champion }: Pair, options: DifferenceOptions & MeasureOptions): Difference | null {
  const sign = findMetric(metric)?.higherIsBetter === false ? -1 : 1;
  const mine = metricFormula(metric, candidate);
  const theirs = metricFormula(metric, champion);
  if (mine.kind === 'roc-area') return aucDifference(candidate.truth, candidate.prediction, champion.prediction, options);
  if (mine.kind === 'share' && theirs.kind === 'share')
    return tangoDifference(sign > 0 ? countPairs(mine.hits, theirs.hits) : countPairs(theirs.hits, mine.hits), options);
  if (mine.kind === 'mean' && theirs.kind === 'mean')
    return meanDifference(
      mine.values.map((value, row) => sign * (value - (theirs.values[row] ?? Number.NaN))),
      options,
    );
  const ofCandidate = resampledStatistic(mine, candidate);
  const ofChampion = resampledStatistic(theirs, champion);
  const statistic: WeightedStatistic = (weights) => sign * (ofCandidate(weights) - ofChampion(weights));
  return resampledDifference(statistic, { ...options, rows: candidate.truth.length });
}

function countPairs(better: Float64Array, worse: Float64Array): PairedCounts {
  let gained = 0;
  let lost = 0;
  better.forEach((hit, row) => {
    if (hit > (worse[row] ?? 0)) gained++;
    if (hit < (worse[row] ?? 0)) lost++;
  });
  return { rows: better.length, gained, lost };
}
