import type { MetricName } from '@tidegate/formats';
import { momentsOf } from './means.ts';
import type { Sample } from './sample.ts';

/** How a metric comes about from rows, which decides how its interval is found. */
export type MetricFormula =
  /** A share of rows, the same rows for every model: 1 for a row that counts. */
  | { readonly kind: 'share'; readonly hits: Float64Array }
  /** A share of the rows that the model itself chose: `hits` is 1 for some of the rows where `chosen` is 1. */
  | { readonly kind: 'share-of-chosen'; readonly hits: Float64Array; readonly chosen: Float64Array }
  /** A mean of what each row contributes. */
  | { readonly kind: 'mean'; readonly values: Float64Array }
  /** A smooth function of several means over rows; not finite when it cannot be computed. */
  | { readonly kind: 'function-of-means'; readonly columns: readonly Float64Array[]; readonly of: (means: readonly number[]) => number }
  /** Area under the ROC curve. */
  | { readonly kind: 'roc-area' }
  /** Area under the precision-recall curve. */
  | { readonly kind: 'precision-recall-area' };

/** Writes a metric down for a sample of a task it is made for. Definitions: docs/reference/metrics.md. */
export function metricFormula(metric: MetricName, sample: Sample): MetricFormula {
  switch (metric) {
    case 'auc':
      return { kind: 'roc-area' };
    case 'pr_auc':
      return { kind: 'precision-recall-area' };
    case 'accuracy':
      return { kind: 'share', hits: decisions(sample).map((decision, row) => Number(decision === sample.truth[row])) };
    case 'error':
      return { kind: 'share', hits: decisions(sample).map((decision, row) => Number(decision !== sample.truth[row])) };
    case 'precision':
      return { kind: 'share-of-chosen', hits: foundPositives(sample), chosen: decisions(sample) };
    case 'recall':
      return { kind: 'share', hits: decisions(sample).filter((_, row) => sample.truth[row] === 1) };
    case 'f1':
      return {
        kind: 'function-of-means',
        columns: [foundPositives(sample), decisions(sample), sample.truth],
        of: ([found = 0, predicted = 0, actual = 0]) => (2 * found) / (predicted + actual),
      };
    case 'log_loss':
      return { kind: 'mean', values: probabilityOfTruth(sample).map((probability) => -Math.log(insideUnit(probability))) };
    case 'brier':
      return { kind: 'mean', values: residuals(sample).map((residual) => residual * residual) };
    case 'mae':
      return { kind: 'mean', values: residuals(sample).map(Math.abs) };
    case 'rmse':
      return {
        kind: 'function-of-means',
        columns: [residuals(sample).map((residual) => residual ** 2)],
        of: ([square = 0]) => Math.sqrt(square),
      };
    case 'r2':
      return {
        kind: 'function-of-means',
        columns: spreadColumns(sample),
        of: ([left = 0, mean = 0, square = 0]) => 1 - left / (square - mean * mean),
      };
  }
}

/** What the model decides: the positive class above a probability of one half. */
function decisions({ task, prediction }: Sample): Float64Array {
  return task === 'binary' ? prediction.map((probability) => Number(probability > 0.5)) : prediction;
}

function foundPositives(sample: Sample): Float64Array {
  return decisions(sample).map((decision, row) => decision * (sample.truth[row] ?? 0));
}

/** A model that never says "positive" has precision 0, as in scikit-learn. */
export function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function probabilityOfTruth({ task, truth, prediction, trueProbability }: Sample): Float64Array {
  if (task === 'binary') return prediction.map((probability, row) => (truth[row] === 1 ? probability : 1 - probability));
  return trueProbability ?? prediction.map(() => Number.NaN);
}

/** A probability of exactly 0 would make one row infinitely bad; the bounds are those of scikit-learn for 64-bit numbers. */
function insideUnit(probability: number): number {
  return Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON);
}

function residuals({ truth, prediction }: Sample): Float64Array {
  return truth.map((value, row) => value - (prediction[row] ?? Number.NaN));
}

/** Squared residuals, and the truth about its mean with its square: centred, or a large mean would cost digits. */
function spreadColumns(sample: Sample): readonly Float64Array[] {
  const { mean } = momentsOf(sample.truth);
  const centred = sample.truth.map((value) => value - mean);
  return [residuals(sample).map((residual) => residual ** 2), centred, centred.map((value) => value * value)];
}
