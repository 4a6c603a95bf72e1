import type { MetricName } from '@tidegate/formats';
import { placementsOf } from './delong.ts';
import { momentsOf } from './means.ts';
import { metricFormula } from './metric-formula.ts';
import { resampledStatistic } from './resampling.ts';
import type { Sample } from './sample.ts';
import { once } from './weights.ts';

/** The metric alone, without an interval; null when these rows cannot show it. */
export function metricValue(metric: MetricName, sample: Sample): number | null {
  if (sample.truth.length === 0) return null;
  const value = valueOf(metric, sample);
  return Number.isFinite(value) ? value : null;
}

function valueOf(metric: MetricName, sample: Sample): number {
  const formula = metricFormula(metric, sample);
  switch (formula.kind) {
    case 'share':
      return momentsOf(formula.hits).mean;
    case 'mean':
      return momentsOf(formula.values).mean;
    case 'roc-area':
      return placementsOf(sample.truth, sample.prediction)?.auc ?? Number.NaN;
    case 'share-of-chosen':
    case 'function-of-means':
    case 'precision-recall-area':
      return resampledStatistic(formula, sample)(once(sample.truth.length));
  }
}
