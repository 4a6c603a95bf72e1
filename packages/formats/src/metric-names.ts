import type { Task } from './model.ts';

export type MetricName =
  'auc' | 'pr_auc' | 'accuracy' | 'error' | 'precision' | 'recall' | 'f1' | 'log_loss' | 'brier' | 'rmse' | 'mae' | 'r2';

/** What is fixed about a metric, whatever the model. How each is computed: docs/reference/metrics.md. */
export interface KnownMetric {
  readonly name: MetricName;
  readonly tasks: readonly Task[];
  readonly higherIsBetter: boolean;
  /** Whether it always lies between 0 and 1, so that a limit or a margin outside is a mistake. */
  readonly share: boolean;
  /** The loss against a champion that counts as equal when the gate names no margin: in the metric's unit, or a share of the champion's value. */
  readonly defaultMargin: { readonly kind: 'absolute' | 'relative'; readonly value: number };
}

const onePoint = { kind: 'absolute', value: 0.01 } as const;
const fivePercent = { kind: 'relative', value: 0.05 } as const;
const classes = ['binary', 'multiclass'] as const;

/** Every metric by which a model can be evaluated, in the order they are shown. */
export const knownMetrics: readonly KnownMetric[] = [
  { name: 'auc', tasks: ['binary'], higherIsBetter: true, share: true, defaultMargin: onePoint },
  { name: 'pr_auc', tasks: ['binary'], higherIsBetter: true, share: true, defaultMargin: onePoint },
  { name: 'accuracy', tasks: classes, higherIsBetter: true, share: true, defaultMargin: onePoint },
  { name: 'error', tasks: classes, higherIsBetter: false, share: true, defaultMargin: onePoint },
  { name: 'precision', tasks: ['binary'], higherIsBetter: true, share: true, defaultMargin: onePoint },
  { name: 'recall', tasks: ['binary'], higherIsBetter: true, share: true, defaultMargin: onePoint },
  { name: 'f1', tasks: ['binary'], higherIsBetter: true, share: true, defaultMargin: onePoint },
  { name: 'log_loss', tasks: classes, higherIsBetter: false, share: false, defaultMargin: fivePercent },
  { name: 'brier', tasks: ['binary'], higherIsBetter: false, share: true, defaultMargin: fivePercent },
  { name: 'rmse', tasks: ['regression'], higherIsBetter: false, share: false, defaultMargin: fivePercent },
  { name: 'mae', tasks: ['regression'], higherIsBetter: false, share: false, defaultMargin: fivePercent },
  { name: 'r2', tasks: ['regression'], higherIsBetter: true, share: false, defaultMargin: onePoint },
];

/** @returns what is known of the metric, or null when there is none of that name. */
export function findMetric(name: string): KnownMetric | null {
  return knownMetrics.find((metric) => metric.name === name) ?? null;
}
