import { invariant } from '@tidegate/formats';
import { averagePrecision } from './average-precision.ts';
import { type BootstrapOptions, bootstrapDifference, bootstrapEstimate } from './bootstrap.ts';
import type { Difference, DifferenceOptions, Estimate } from './estimate.ts';
import { jackknifeDifference, jackknifeEstimate } from './jackknife.ts';
import { type MetricFormula, shareOf } from './metric-formula.ts';
import type { Sample } from './sample.ts';
import { statisticOfMeans, type WeightedStatistic } from './weights.ts';

/** Beyond this the bootstrap takes seconds and corrects next to nothing: a smooth statistic of so many rows is close to normal. */
const bootstrapRows = 10_000;

/** Interval of a statistic that has no formula: BCa bootstrap up to 10,000 rows, jackknife beyond. */
export function resampledEstimate(statistic: WeightedStatistic, confidence: number, options: BootstrapOptions): Estimate {
  return options.rows <= bootstrapRows
    ? bootstrapEstimate(statistic, confidence, options)
    : jackknifeEstimate(statistic, options.rows, confidence);
}

/** Interval of the paired difference of such a statistic; the sign is the statistic's. Null when it cannot be computed. */
export function resampledDifference(statistic: WeightedStatistic, options: DifferenceOptions & BootstrapOptions): Difference | null {
  return options.rows <= bootstrapRows ? bootstrapDifference(statistic, options) : jackknifeDifference(statistic, options.rows, options);
}

/** A metric that is no mean, as a function of how often each row was drawn. */
export function resampledStatistic(formula: MetricFormula, sample: Sample): WeightedStatistic {
  if (formula.kind === 'share-of-chosen')
    return statisticOfMeans([formula.hits, formula.chosen], ([hits = 0, chosen = 0]) => shareOf(hits, chosen));
  if (formula.kind === 'function-of-means') return statisticOfMeans(formula.columns, formula.of);
  invariant(formula.kind === 'precision-recall-area', `a metric of kind "${formula.kind}" is not resampled`);
  return averagePrecision(sample.truth, sample.prediction);
}
