import type { BaselineMetrics } from '@tidegate/formats';
import { type MeasureOptions, type Sample, takeRows } from '@tidegate/runtime';
import { figure, percent, rows, signed } from '../evidence/index.ts';
import { measurePair } from './compare.ts';
import type { EvaluateSettings } from './evaluate-settings.ts';
import type { Finding } from './evidence.ts';
import { measureAll, metricsOf, primaryMetric } from './measure.ts';
import type { ScoredRows } from './scored-rows.ts';

export interface JudgedBaselines {
  readonly baselines: readonly BaselineMetrics[];
  readonly findings: readonly Finding[];
}

/**
 * Holds the candidate against models that anybody could make: a model that does not beat them is not worth deploying. It is said and stops
 * nothing: a limit is for the gate to set.
 */
export function judgeBaselines(
  scored: ScoredRows,
  options: MeasureOptions & { readonly settings: Pick<EvaluateSettings, 'evaluate' | 'gate'> },
): JudgedBaselines {
  const judged = scored.baselines.map(({ name, sample }) =>
    judgeBaseline(name, { candidate: scored.candidate, baseline: sample }, options),
  );
  return { baselines: judged.map(({ metrics }) => metrics), findings: judged.map(({ finding }) => finding) };
}

function judgeBaseline(
  name: string,
  { candidate, baseline }: { readonly candidate: Sample; readonly baseline: Sample },
  options: MeasureOptions & { readonly settings: Pick<EvaluateSettings, 'evaluate' | 'gate'> },
): { readonly metrics: BaselineMetrics; readonly finding: Finding } {
  const metric = primaryMetric(options.settings);
  const all = Int32Array.from({ length: baseline.truth.length / (baseline.labels ?? 1) }, (_, row) => row);
  const pair = { candidate: takeRows(candidate, all), champion: baseline };
  const measured = measurePair(metric, pair, { ...options, margin: { kind: 'absolute', value: 0 } });
  const metrics = {
    name,
    metrics: measureAll(metricsOf(options.settings), baseline, options),
    comparison:
      measured === null
        ? null
        : { metric: metric.name, difference: measured.difference.value, low: measured.difference.low, high: measured.difference.high },
  };
  const finding = { kind: 'baseline' as const, name: `baseline.${name}`, blocking: false, details: metrics };
  if (measured === null)
    return {
      metrics,
      finding: { ...finding, verdict: 'inconclusive', reason: `${metric.name} of ${words(name)} cannot be computed on these rows` },
    };
  const { difference } = measured;
  const told = `${metric.name} is ${figure(measured.candidate)}, that of ${words(name)} ${figure(measured.champion)} on the same ${rows(all.length)}`;
  const sure = `at ${percent(options.confidence)} confidence`;
  if (difference.low > 0)
    return { metrics, finding: { ...finding, verdict: 'pass', reason: `${told}: better ${sure} by ${figure(difference.low)} or more` } };
  if (difference.high < 0)
    return {
      metrics,
      finding: { ...finding, verdict: 'fail', reason: `${told}: proven worse than it, ${sure} by ${figure(-difference.high)} or more` },
    };
  return {
    metrics,
    finding: {
      ...finding,
      verdict: 'inconclusive',
      reason: `${told}: not shown to be better, ${sure} the difference lies between ${signed(difference.low)} and ${signed(difference.high)}`,
    },
  };
}

function words(name: string): string {
  if (name === 'constant') return 'a constant';
  return name === 'linear' ? 'a linear model' : 'the last value';
}
