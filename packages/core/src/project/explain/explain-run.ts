import type { RunId, RunRecord, StepName, StepRecord } from '@tidegate/formats';
import { type Explanation, explainStep, inBrief, type RunInBrief } from '../../pipeline/index.ts';
import { type InputChange, openInputChanges } from '../changes/input-changes.ts';
import { engineParts } from '../engine-parts.ts';
import type { Project } from '../project.ts';

/** Why each step of a run came out as it did. */
export interface ExplainedRun {
  readonly run: RunInBrief;
  /** Steps that ran, failed or were not reached, in the order of the graph; of very many only the first. */
  readonly steps: readonly { readonly explanation: Explanation; readonly changes: readonly InputChange[] }[];
  /** How many more there are. */
  readonly more: number;
  /** Where the results come from that were taken, by the run that made them, those with the most first. */
  readonly hits: readonly { readonly madeBy: RunId | null; readonly steps: readonly StepName[] }[];
}

/** A run of ten thousand steps that all ran says the same thing of them again and again. */
const mostExplained = 200;

export async function explainRun(project: Project, run: RunRecord): Promise<ExplainedRun> {
  const parts = engineParts(project);
  const told = run.steps.filter(({ status }) => status !== 'hit');
  using changes = openInputChanges(project);
  const steps: ExplainedRun['steps'][number][] = [];
  for (const { step } of told.slice(0, mostExplained)) {
    const explanation = await explainStep(parts, step, { run });
    if (explanation !== null) steps.push({ explanation, changes: await changes.of({ step, reasons: explanation.differences }) });
  }
  return { run: inBrief(run), steps, more: told.length - steps.length, hits: hitsByMaker(run.steps) };
}

function hitsByMaker(steps: readonly StepRecord[]): ExplainedRun['hits'] {
  const makers = Map.groupBy(
    steps.filter(({ status }) => status === 'hit'),
    ({ madeBy }) => madeBy,
  );
  return [...makers]
    .map(([madeBy, records]) => ({ madeBy, steps: records.map(({ step }) => step) }))
    .toSorted((a, b) => b.steps.length - a.steps.length);
}
