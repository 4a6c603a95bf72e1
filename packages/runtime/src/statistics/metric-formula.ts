import type { MetricName } from '@tidegate/formats';
import { momentsOf } from './means.ts';
import { discountedGains, type QueryValues, reciprocalRanks } from './ranking.ts';
import type { Sample } from './sample.ts';

/** How a metric comes about from cells, which decides how its interval is found. */
export type MetricFormula =
  /** A share of cells, the same cells for every model: 1 in `hits` for one that counts, `among` those where `among` is 1; null: all. */
  | { readonly kind: 'share'; readonly hits: Float64Array; readonly among: Float64Array | null }
  /** A share of the cells that the model itself chose: `hits` is 1 for some of those where `chosen` is 1. */
  | { readonly kind: 'share-of-chosen'; readonly hits: Float64Array; readonly chosen: Float64Array }
  /** A mean of what each cell contributes. */
  | { readonly kind: 'mean'; readonly values: Float64Array }
  /** A mean over queries. */
  | { readonly kind: 'mean-of-queries'; readonly queries: QueryValues }
  /** A smooth function of several means over cells; not finite when it cannot be computed. */
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
      return share(decisions(sample).map((decision, cell) => Number(decision === sample.truth[cell])));
    case 'error':
      return share(decisions(sample).map((decision, cell) => Number(decision !== sample.truth[cell])));
    case 'exact_match':
      return exactMatch(sample);
    case 'precision':
      return { kind: 'share-of-chosen', hits: foundPositives(sample), chosen: decisions(sample) };
    case 'recall':
      return { kind: 'share', hits: foundPositives(sample), among: sample.truth };
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
    case 'relative_mae':
      return relativeError(sample);
    case 'ndcg':
      return { kind: 'mean-of-queries', queries: discountedGains(sample, null) };
    case 'ndcg_10':
      return { kind: 'mean-of-queries', queries: discountedGains(sample, 10) };
    case 'mrr':
      return { kind: 'mean-of-queries', queries: reciprocalRanks(sample) };
    default:
      return custom(metric, sample);
  }
}

function share(hits: Float64Array): MetricFormula {
  return { kind: 'share', hits, among: null };
}

/** What the model decides: the positive class above a probability of one half. */
function decisions({ task, prediction }: Sample): Float64Array {
  return task === 'binary' || task === 'multilabel' ? prediction.map((probability) => Number(probability > 0.5)) : prediction;
}

function foundPositives(sample: Sample): Float64Array {
  return decisions(sample).map((decision, cell) => decision * (sample.truth[cell] ?? 0));
}

/** 1 at the first cell of a row of which every label is decided rightly, among the first cells. */
function exactMatch(sample: Sample): MetricFormula {
  const { truth, labels = 1 } = sample;
  const wrong = decisions(sample).map((decision, cell) => Number(decision !== truth[cell]));
  const isFirst = truth.map((_, cell) => Number(cell % labels === 0));
  const hits = isFirst.map((first, cell) => (first === 1 && !wrong.subarray(cell, cell + labels).includes(1) ? 1 : 0));
  return { kind: 'share', hits, among: isFirst };
}

/** A model that never says "positive" has precision 0, as in scikit-learn. */
export function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function probabilityOfTruth({ task, truth, prediction, trueProbability }: Sample): Float64Array {
  if (task === 'binary' || task === 'multilabel')
    return prediction.map((probability, cell) => (truth[cell] === 1 ? probability : 1 - probability));
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

/** Over rows whose last value is known: absolute errors of the model by those of the last value (Hyndman and Koehler 2006, IJF 22:679, "RelMAE"). */
function relativeError(sample: Sample): MetricFormula {
  const { truth, lastValue } = sample;
  const errors = residuals(sample).map(Math.abs);
  const isKnown = (row: number): boolean => Number.isFinite(lastValue?.[row]);
  return {
    kind: 'function-of-means',
    columns: [
      errors.map((error, row) => (isKnown(row) ? error : 0)),
      truth.map((value, row) => (isKnown(row) ? Math.abs(value - (lastValue?.[row] ?? 0)) : 0)),
    ],
    of: ([own = 0, last = 0]) => own / last,
  };
}

function custom(metric: string, { contributions, prediction }: Sample): MetricFormula {
  const { values, per } = contributions?.[metric] ?? { values: prediction.map(() => Number.NaN), per: null };
  if (per === null) return { kind: 'mean', values };
  return { kind: 'function-of-means', columns: [values, per], of: ([sum = 0, whole = 0]) => sum / whole };
}
