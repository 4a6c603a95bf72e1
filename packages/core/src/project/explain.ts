import { failure, isRunId, isStepName, nearest, runId, type StepName } from '@tidegate/formats';
import { type Explanation, explainStep, type PlannedStep } from '../pipeline/index.ts';
import { engineParts } from './engine-parts.ts';
import { projectNodes } from './nodes.ts';
import { planProject } from './plan-project.ts';
import type { Project } from './project.ts';
import { listRuns } from './runs.ts';

export interface ExplainedStep {
  readonly step: StepName;
  /** Null when no run had it. */
  readonly explanation: Explanation | null;
  /** What a run would do with it now and why; null when a run is explained, not a step. */
  readonly now: Pick<PlannedStep, 'action' | 'reasons' | 'blockedBy'> | null;
}

/** Explains a step by its newest run, or every step of a run. @throws TG-CLI-NOT-FOUND */
export async function explainName(project: Project, name: string, signal: AbortSignal): Promise<readonly ExplainedStep[]> {
  const parts = engineParts(project);
  if (isRunId(name)) {
    const run = listRuns(project).find((candidate) => candidate.id === name);
    if (run === undefined)
      throw failure(
        'TG-CLI-NOT-FOUND',
        `Cannot explain run "${name}": the project has no such run`,
        'Run "tidegate log" for the runs there are',
      );
    return Promise.all(run.steps.map(async ({ step }) => ({ step, explanation: await explainStep(parts, step, runId(name)), now: null })));
  }
  const steps = (await projectNodes(project)).map((node) => node.name);
  const step = isStepName(name) ? steps.find((candidate) => candidate === name) : undefined;
  if (step === undefined) {
    const near = nearest(name, steps);
    throw failure(
      'TG-CLI-NOT-FOUND',
      `Cannot explain "${name}": the project has no such step`,
      near === null ? `Steps: ${steps.join(', ')}` : `Did you mean "${near}"?`,
    );
  }
  const plan = await planProject(project, { only: [step], signal });
  const planned = plan.steps.find((candidate) => candidate.step === step);
  const now = planned === undefined ? null : { action: planned.action, reasons: planned.reasons, blockedBy: planned.blockedBy };
  return [{ step, explanation: await explainStep(parts, step), now }];
}
