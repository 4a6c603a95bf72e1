import type {
  DatasetVersion,
  Evaluation,
  FeatureSetRecord,
  RunRecord,
  ServingCost,
  StepRecord,
  StoredRecords,
  TestReport,
} from '@tidegate/formats';
import { readRecord } from '../store/index.ts';
import type { Project } from './project.ts';
import { listRuns } from './run/runs.ts';

export async function readDatasetVersion(project: Project, step: StepRecord): Promise<DatasetVersion | null> {
  return readOutput(project, step, { output: 'version', format: 'tidegate.dataset-version/1' });
}

export async function readFeatureSets(project: Project, step: StepRecord): Promise<FeatureSetRecord | null> {
  return readOutput(project, step, { output: 'record', format: 'tidegate.feature-set/1' });
}

export async function readEvaluation(project: Project, step: StepRecord): Promise<Evaluation | null> {
  return readOutput(project, step, { output: 'evaluation', format: 'tidegate.evaluation/1' });
}

export async function readTestReport(project: Project, step: StepRecord): Promise<TestReport | null> {
  return readOutput(project, step, { output: 'report', format: 'tidegate.test-report/1' });
}

export async function readServingCost(project: Project, step: StepRecord): Promise<ServingCost | null> {
  return readOutput(project, step, { output: 'cost', format: 'tidegate.serving-cost/1' });
}

/** The record an output holds; null when the step made none or the object is gone. @throws TG-STORE-RECORD */
async function readOutput<Format extends keyof StoredRecords>(
  { store }: Project,
  step: StepRecord,
  { output, format }: { readonly output: string; readonly format: Format },
): Promise<StoredRecords[Format] | null> {
  const artifact = step.outputs[output];
  if (artifact === undefined || !(await store.has(artifact.digest))) return null;
  return readRecord(store, format, artifact.digest);
}

/** The newest result of a step, with the run that has it; null when it never had one. */
export function latestResult(project: Project, step: string): { readonly run: RunRecord; readonly record: StepRecord } | null {
  for (const run of listRuns(project)) {
    const record = run.steps.find((candidate) => candidate.step === step && Object.keys(candidate.outputs).length > 0);
    if (record !== undefined) return { run, record };
  }
  return null;
}
