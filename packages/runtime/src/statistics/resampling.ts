import { bootstrapDifference, bootstrapEstimate, type DrawOptions } from './bootstrap.ts';
import type { Difference, DifferenceOptions, Estimate } from './estimate.ts';
import { jackknifeDifference, jackknifeEstimate } from './jackknife.ts';
import { mostUnits, type ResampledMetric } from './units.ts';

/** Interval of a metric that has no formula: BCa bootstrap up to 10,000 units, beyond that (areas under curves only) the jackknife. */
export function resampledEstimate({ units, statistic }: ResampledMetric, confidence: number, options: DrawOptions): Estimate {
  return units <= mostUnits
    ? bootstrapEstimate(statistic, confidence, { ...options, rows: units })
    : jackknifeEstimate(statistic, units, confidence);
}

/** Interval of the paired difference of such a metric, better minus worse, by the same draws for both. Null when it cannot be computed. */
export function resampledDifference(
  better: ResampledMetric,
  worse: ResampledMetric,
  options: DifferenceOptions & DrawOptions,
): Difference | null {
  const { units } = better;
  const statistic: ResampledMetric['statistic'] = (weights) => better.statistic(weights) - worse.statistic(weights);
  return units <= mostUnits ? bootstrapDifference(statistic, { ...options, rows: units }) : jackknifeDifference(statistic, units, options);
}
