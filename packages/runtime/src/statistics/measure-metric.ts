import type { MetricName } from '@tidegate/formats';
import { recomputedEstimate } from './bootstrap.ts';
import { aucEstimate } from './delong.ts';
import type { Estimate } from './estimate.ts';
import { meanEstimate } from './means.ts';
import { metricFormula } from './metric-formula.ts';
import { resampledEstimate } from './resampling.ts';
import { areIndependentAndAlike, type Sample } from './sample.ts';
import { resampledMetric } from './units.ts';
import { wilsonEstimate } from './wilson.ts';

export interface MeasureOptions {
  /** One-sided confidence of each bound. */
  readonly confidence: number;
  /** Fixes the bootstrap. */
  readonly seed: number;
  readonly replicates: number;
}

/**
 * Measures a metric with its interval. The sample's task must be one that the metric is made for.
 *
 * @returns null when these rows cannot show it: no row, one class only for `auc`, no positive row for `recall`, a constant truth for `r2`, no probability for `log_loss`
 */
export function measureMetric(metric: MetricName, sample: Sample, options: MeasureOptions): Estimate | null {
  if (sample.truth.length === 0) return null;
  const estimate = estimateOf(metric, sample, options);
  return estimate !== null && Number.isFinite(estimate.value) ? estimate : null;
}

function estimateOf(metric: MetricName, sample: Sample, options: MeasureOptions): Estimate | null {
  const recomputed = sample.recomputed?.[metric];
  if (recomputed !== undefined) return recomputedEstimate(recomputed, options.confidence);
  const formula = metricFormula(metric, sample);
  const resampled = (): Estimate => resampledEstimate(resampledMetric(formula, sample), options.confidence, options);
  if (!areIndependentAndAlike(sample)) return resampled();
  switch (formula.kind) {
    case 'share':
      return wilsonEstimate(sum(formula.hits), formula.among === null ? formula.hits.length : sum(formula.among), options.confidence);
    case 'share-of-chosen':
      return sum(formula.chosen) === 0
        ? { value: 0, low: null, high: null, method: 'none-chosen' }
        : wilsonEstimate(sum(formula.hits), sum(formula.chosen), options.confidence);
    case 'mean':
      return meanEstimate(formula.values, options.confidence);
    case 'roc-area':
      return aucEstimate(sample.truth, sample.prediction, options.confidence);
    case 'mean-of-queries':
    case 'function-of-means':
    case 'precision-recall-area':
      return resampled();
  }
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
