import type { MetricName } from '@tidegate/formats';
import { placementsOf } from './delong.ts';
import { momentsOf } from './means.ts';
import { metricFormula } from './metric-formula.ts';
import { areIndependentAndAlike, type Sample } from './sample.ts';
import { resampledMetric } from './units.ts';
import { once } from './weights.ts';

/** The metric alone, without an interval; null when these rows cannot show it. */
export function metricValue(metric: MetricName, sample: Sample): number | null {
  if (sample.truth.length === 0) return null;
  const value = sample.recomputed?.[metric]?.value ?? valueOf(metric, sample);
  return Number.isFinite(value) ? value : null;
}

function valueOf(metric: MetricName, sample: Sample): number {
  const formula = metricFormula(metric, sample);
  if (areIndependentAndAlike(sample)) {
    if (formula.kind === 'share' && formula.among === null) return momentsOf(formula.hits).mean;
    if (formula.kind === 'mean') return momentsOf(formula.values).mean;
    if (formula.kind === 'roc-area') return placementsOf(sample.truth, sample.prediction)?.auc ?? Number.NaN;
  }
  const { statistic, units } = resampledMetric(formula, sample);
  return statistic(once(units));
}
