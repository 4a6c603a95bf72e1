import type { ModelFacts } from '@tidegate/core';
import { testDataset } from './card-markdown.ts';
import { metricWords } from './card-sections.ts';

/**
 * Results as the Hub reads them from `.eval_results/*.yaml` (`eval_results.yaml` of huggingface/hub-docs): one entry a metric. The id of a dataset of the
 * Hub is what nobody here knows; the project's own name of the dataset stands in its place.
 *
 * @returns null when nothing was measured
 */
export function evalResults({ project, madeAt, evaluation }: ModelFacts): string | null {
  if (evaluation === null || evaluation.metrics.length === 0) return null;
  const id = `${project}/${testDataset(evaluation) ?? 'unknown'}`;
  return evaluation.metrics
    .map((metric) =>
      [
        '- dataset:',
        `    id: ${JSON.stringify(id)}`,
        `    task_id: ${JSON.stringify(metric.name)}`,
        `    revision: ${JSON.stringify(evaluation.testSet)}`,
        `  value: ${metric.value}`,
        `  date: ${JSON.stringify(madeAt)}`,
        `  notes: ${JSON.stringify(`${metricWords(metric)}, by ${metric.method} on ${metric.rows} rows`)}`,
        '',
      ].join('\n'),
    )
    .join('');
}
