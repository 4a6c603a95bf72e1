import type { Task } from './model.ts';

export type MetricName =
  | 'auc'
  | 'pr_auc'
  | 'accuracy'
  | 'error'
  | 'exact_match'
  | 'precision'
  | 'recall'
  | 'f1'
  | 'log_loss'
  | 'brier'
  | 'rmse'
  | 'mae'
  | 'r2'
  | 'relative_mae'
  | 'ndcg'
  | 'ndcg_10'
  | 'mrr'
  | CustomMetricName;

/** A metric that the project defines under `evaluate.custom`. */
export type CustomMetricName = `custom.${string}`;

/** What an evaluation must name besides the label before a metric can be computed. */
export type MetricNeed = 'query' | 'forecast';

/** What is fixed about a metric, whatever the model. How each is computed: docs/reference/metrics.md. */
export interface KnownMetric {
  readonly name: MetricName;
  readonly tasks: readonly Task[];
  readonly higherIsBetter: boolean;
  /** Whether it always lies between 0 and 1, so that a limit or a margin outside is a mistake. */
  readonly share: boolean;
  /** The loss against a champion that counts as equal when the gate names no margin: in the metric's unit, or a share of the champion's value. */
  readonly defaultMargin: { readonly kind: 'absolute' | 'relative'; readonly value: number };
  /** Key under `evaluate:` without which it cannot be computed. Default: none. */
  readonly needs?: MetricNeed;
}

const onePoint = { kind: 'absolute', value: 0.01 } as const;
const fivePercent = { kind: 'relative', value: 0.05 } as const;
const classes = ['binary', 'multiclass'] as const;
const yesOrNo = ['binary', 'multilabel'] as const;
const decided = ['binary', 'multiclass', 'multilabel'] as const;
const numbers = ['binary', 'regression'] as const;

/** Every metric by which a model can be evaluated, in the order they are shown. */
export const knownMetrics: readonly KnownMetric[] = [
  { name: 'auc', tasks: ['binary'], higherIsBetter: true, share: true, defaultMargin: onePoint },
  { name: 'pr_auc', tasks: ['binary'], higherIsBetter: true, share: true, defaultMargin: onePoint },
  { name: 'accuracy', tasks: classes, higherIsBetter: true, share: true, defaultMargin: onePoint },
  { name: 'error', tasks: decided, higherIsBetter: false, share: true, defaultMargin: onePoint },
  { name: 'exact_match', tasks: ['multilabel'], higherIsBetter: true, share: true, defaultMargin: onePoint },
  { name: 'precision', tasks: yesOrNo, higherIsBetter: true, share: true, defaultMargin: onePoint },
  { name: 'recall', tasks: yesOrNo, higherIsBetter: true, share: true, defaultMargin: onePoint },
  { name: 'f1', tasks: yesOrNo, higherIsBetter: true, share: true, defaultMargin: onePoint },
  { name: 'log_loss', tasks: decided, higherIsBetter: false, share: false, defaultMargin: fivePercent },
  { name: 'brier', tasks: yesOrNo, higherIsBetter: false, share: true, defaultMargin: fivePercent },
  { name: 'rmse', tasks: ['regression'], higherIsBetter: false, share: false, defaultMargin: fivePercent },
  { name: 'mae', tasks: ['regression'], higherIsBetter: false, share: false, defaultMargin: fivePercent },
  { name: 'r2', tasks: ['regression'], higherIsBetter: true, share: false, defaultMargin: onePoint },
  { name: 'relative_mae', tasks: ['regression'], higherIsBetter: false, share: false, defaultMargin: fivePercent, needs: 'forecast' },
  { name: 'ndcg', tasks: numbers, higherIsBetter: true, share: true, defaultMargin: onePoint, needs: 'query' },
  { name: 'ndcg_10', tasks: numbers, higherIsBetter: true, share: true, defaultMargin: onePoint, needs: 'query' },
  { name: 'mrr', tasks: numbers, higherIsBetter: true, share: true, defaultMargin: onePoint, needs: 'query' },
];

/** @returns what is known of the metric, or null when there is none of that name. */
export function findMetric(name: string): KnownMetric | null {
  return knownMetrics.find((metric) => metric.name === name) ?? null;
}

/** Whether a name is that of a metric that the project defines. */
export function isCustomMetric(name: string): name is CustomMetricName {
  return name.startsWith('custom.');
}

/** A metric that the project defines: it may be of any task. */
export function customMetric(name: CustomMetricName, { higherIsBetter }: { readonly higherIsBetter: boolean }): KnownMetric {
  return {
    name,
    tasks: ['binary', 'multiclass', 'multilabel', 'regression'],
    higherIsBetter,
    share: false,
    defaultMargin: fivePercent,
  };
}
