import type { RunRecord, ServingCost, StepRecord } from '@tidegate/formats';
import type { Project } from '../project.ts';
import { readServingCost } from '../records.ts';

/** What serving a model was measured to cost, in the trial of a service. */
export interface TriedService {
  readonly service: string;
  readonly cost: ServingCost;
}

/** The trials of a run in which services with the model were started. */
export function trialsOf(project: Project, run: RunRecord, model: string): readonly StepRecord[] {
  const services = Object.entries(project.config.services).flatMap(([name, one]) => (one.model === model ? [`services.${name}`] : []));
  return run.steps.filter(({ kind, evidence }) => kind === 'trial' && evidence.some(({ subject }) => services.includes(subject)));
}

/** What these trials measured, as far as it is kept. */
export async function costsOf(project: Project, trials: readonly StepRecord[]): Promise<readonly TriedService[]> {
  const costs = await Promise.all(
    trials.map(async (step) => {
      const cost = await readServingCost(project, step);
      const service = step.evidence.find(({ subject }) => subject.startsWith('services.'))?.subject.slice('services.'.length);
      return cost === null || service === undefined ? [] : [{ service, cost }];
    }),
  );
  return costs.flat();
}
