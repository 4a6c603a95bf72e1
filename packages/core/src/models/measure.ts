import { customMetric, findMetric, invariant, isCustomMetric, type KnownMetric, type Metric } from '@tidegate/formats';
import { type MeasureOptions, measureMetric, rowCount, type Sample } from '@tidegate/runtime';
import type { EvaluateSettings } from './evaluate-settings.ts';

/** The metrics of an evaluation: those under `metrics:`, and any other that the gate has a limit or a comparison for. */
export function metricsOf({ evaluate, gate }: Pick<EvaluateSettings, 'evaluate' | 'gate'>): readonly KnownMetric[] {
  const names = new Set([
    ...evaluate.metrics,
    ...(gate.primary === null ? [] : [gate.primary.metric]),
    ...Object.keys(gate.min),
    ...Object.keys(gate.max),
  ]);
  return [...names].map((name) => knownMetric(name, evaluate));
}

/** By which candidate and champion are compared. */
export function primaryMetric({ evaluate, gate }: Pick<EvaluateSettings, 'evaluate' | 'gate'>): KnownMetric {
  return knownMetric(gate.primary?.metric ?? evaluate.metrics[0] ?? '', evaluate);
}

/** Every metric that the rows can show, with the two-sided interval whose bounds are the one-sided ones that the gate judges by. */
export function measureAll(metrics: readonly KnownMetric[], sample: Sample, options: MeasureOptions): readonly Metric[] {
  return metrics.flatMap(({ name, higherIsBetter }) => {
    const estimate = measureMetric(name, sample, options);
    return estimate === null
      ? []
      : [{ name, ...estimate, confidence: twoSided(options.confidence), rows: rowCount(sample), higherIsBetter }];
  });
}

/** The confidence of an interval whose bounds each have the one-sided confidence, rounded where subtraction left a trail. */
function twoSided(oneSided: number): number {
  return Number((2 * oneSided - 1).toFixed(12));
}

/** A metric that the gate asks for by name. */
export function metricNamed(name: string, evaluate: Pick<EvaluateSettings['evaluate'], 'custom'>): KnownMetric {
  return knownMetric(name, evaluate);
}

function knownMetric(name: string, { custom = {} }: Pick<EvaluateSettings['evaluate'], 'custom'>): KnownMetric {
  const own = isCustomMetric(name) ? custom[name.slice('custom.'.length)] : undefined;
  const metric =
    isCustomMetric(name) && own !== undefined ? customMetric(name, { higherIsBetter: own.better === 'higher' }) : findMetric(name);
  invariant(metric !== null, `the metric "${name}" passed the check of the configuration`);
  return metric;
}
