import type { Metric, RunRecord, StepName } from '@tidegate/formats';
import { type BothSides, type ComparedSteps, compareSteps, inBrief, type RunInBrief } from '../../pipeline/index.ts';
import { type InputChange, openInputChanges } from '../changes/input-changes.ts';
import type { Project } from '../project.ts';
import { readEvaluation } from '../records.ts';
import { requireRun } from './run-history.ts';

export interface ComparedMetric {
  readonly step: StepName;
  readonly metric: string;
  readonly value: BothSides<number>;
  readonly higherIsBetter: boolean;
}

/** Two runs side by side. */
export interface ComparedRuns extends ComparedSteps {
  readonly before: RunInBrief;
  readonly after: RunInBrief;
  /** Of every model that either run evaluated, also those that are the same. */
  readonly metrics: readonly ComparedMetric[];
  /** What of the inputs changed, each once, as far as their contents are at hand. */
  readonly changes: readonly InputChange[];
}

/** Compares two runs, named as {@link requireRun} takes them. @throws TG-CLI-NOT-FOUND */
export async function compareRuns(project: Project, before: string, after: string): Promise<ComparedRuns> {
  const [was, is] = [requireRun(project, before), requireRun(project, after)];
  const [steps, olds, news] = [await compareSteps(project, was, is), await metricsOf(project, was), await metricsOf(project, is)];
  return { before: inBrief(was), after: inBrief(is), ...steps, metrics: pairMetrics(olds, news), changes: await changesOf(project, steps) };
}

async function changesOf(project: Project, { steps }: ComparedSteps): Promise<readonly InputChange[]> {
  using opened = openInputChanges(project);
  const found = new Map<string, InputChange>();
  for (const { step, differences } of steps)
    for (const change of await opened.of({ step, reasons: differences })) found.set(change.input, found.get(change.input) ?? change);
  return [...found.values()];
}

interface MeasuredMetric {
  readonly step: StepName;
  readonly metric: Metric;
}

async function metricsOf(project: Project, { steps }: RunRecord): Promise<readonly MeasuredMetric[]> {
  const found = await Promise.all(
    steps
      .filter(({ kind }) => kind === 'evaluate')
      .map(async (record) => ((await readEvaluation(project, record))?.metrics ?? []).map((metric) => ({ step: record.step, metric }))),
  );
  return found.flat();
}

function pairMetrics(olds: readonly MeasuredMetric[], news: readonly MeasuredMetric[]): readonly ComparedMetric[] {
  const nameOf = ({ step, metric }: MeasuredMetric): string => `${step} ${metric.name}`;
  const before = new Map(olds.map((one) => [nameOf(one), one]));
  const after = new Map(news.map((one) => [nameOf(one), one]));
  return [...new Map([...after, ...before])].map(([name, { step, metric }]) => ({
    step,
    metric: metric.name,
    value: { before: before.get(name)?.metric.value ?? null, after: after.get(name)?.metric.value ?? null },
    higherIsBetter: metric.higherIsBetter,
  }));
}
