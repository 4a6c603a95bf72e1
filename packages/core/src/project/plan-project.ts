import type { StepName } from '@tidegate/formats';
import { type PlannedStep, planRun, runsOf } from '../pipeline/index.ts';
import { engineParts } from './engine-parts.ts';
import { stepsNamed, stepsToRun } from './nodes.ts';
import type { Project } from './project.ts';

export interface ProjectPlan {
  readonly steps: readonly (PlannedStep & {
    /** How long it took when it last ran, in milliseconds; null when it never did. */
    readonly lastMs: number | null;
  })[];
}

/** What a run would do now; runs nothing and changes nothing. */
export async function planProject(
  project: Project,
  options: { readonly only: readonly string[]; readonly signal: AbortSignal },
): Promise<ProjectPlan> {
  const nodes = await stepsToRun(project);
  const only = stepsNamed(nodes, options.only);
  const steps = await planRun(engineParts(project), nodes, {
    ...(only.length > 0 && { upTo: only }),
    signal: options.signal,
    emit: () => {},
  });
  const last = lastTimes(project);
  return { steps: steps.map((step) => ({ ...step, lastMs: last.get(step.step) ?? null })) };
}

function lastTimes({ state, name }: Project): ReadonlyMap<StepName, number> {
  const times = new Map<StepName, number>();
  for (const run of runsOf(state).list({ project: name, limit: 50 }))
    for (const step of run.steps) if (step.status === 'done' && !times.has(step.step)) times.set(step.step, step.durationMs);
  return times;
}
