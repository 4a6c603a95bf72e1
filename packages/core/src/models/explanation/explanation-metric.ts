import { isCustomMetric, type KnownMetric, type Task } from '@tidegate/formats';
import type { EvaluateSettings } from '../evaluate-settings.ts';
import { metricNamed, metricsOf, primaryMetric } from '../measure.ts';

const usual: Readonly<Record<Task, string>> = { binary: 'brier', multilabel: 'brier', multiclass: 'accuracy', regression: 'mae' };

/** By which importance is measured: the primary metric; when that is the project's own, which only its function can compute, the first that is not. */
export function explanationMetric(settings: Pick<EvaluateSettings, 'evaluate' | 'gate'>, task: Task): KnownMetric {
  const known = [primaryMetric(settings), ...metricsOf(settings)].find(({ name }) => !isCustomMetric(name));
  return known ?? metricNamed(usual[task], settings.evaluate);
}
