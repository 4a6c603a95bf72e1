import type { DatasetVersion, Digest, Evaluation, FeatureSetRecord, RunId, RunRecord, TestReport } from '@tidegate/formats';
import { failure } from '@tidegate/formats';
import { dependentsOf } from '../data/dependents.ts';
import type { Project } from '../project.ts';
import { costsOf, trialsOf, type TriedService } from '../models/trials-of.ts';
import { readDatasetVersion, readEvaluation, readFeatureSets } from '../records.ts';
import { testedSuites } from '../tests/tested-suites.ts';
import { listRuns } from './runs.ts';

/** A run with the records its steps made: what a report shows. */
export interface RunReportData {
  readonly run: RunRecord;
  readonly datasets: readonly DatasetVersion[];
  readonly features: readonly FeatureSetRecord[];
  readonly evaluations: readonly Evaluation[];
  /** What serving cost in the trials of services, by model. */
  readonly costs: { readonly [model: string]: readonly TriedService[] };
  readonly tests: readonly TestReport[];
  /** Step → everything that depends on it, directly or not. */
  readonly dependents: { readonly [step: string]: readonly string[] };
  readonly release: Digest | null;
}

/** @throws TG-CLI-NOT-FOUND when the project has no such run */
export async function runReport(project: Project, id: RunId): Promise<RunReportData> {
  const run = listRuns(project).find((candidate) => candidate.id === id);
  if (run === undefined)
    throw failure(
      'TG-CLI-NOT-FOUND',
      `Cannot report on run "${id}": the project has no such run`,
      'Run "tidegate log" for the runs there are',
    );
  const collect = async <T>(
    read: (step: RunRecord['steps'][number]) => Promise<T | null>,
    kinds: readonly string[],
  ): Promise<readonly T[]> => {
    const records = await Promise.all(run.steps.filter((step) => kinds.includes(step.kind)).map(read));
    return records.filter((record) => record !== null);
  };
  const evaluations = await collect((step) => readEvaluation(project, step), ['evaluate']);
  const costs = await Promise.all(
    evaluations.map(async ({ model }) => [model, await costsOf(project, trialsOf(project, run, model))] as const),
  );
  return {
    run,
    datasets: await collect((step) => readDatasetVersion(project, step), ['dataset']),
    features: await collect((step) => readFeatureSets(project, step), ['features']),
    evaluations,
    costs: Object.fromEntries(costs),
    tests: (await testedSuites(project, run)).flatMap(({ report }) => (report === null ? [] : [report])),
    dependents: await dependentsOf(project),
    release: run.steps.find((step) => step.kind === 'release')?.outputs['manifest']?.digest ?? null,
  };
}
