import type { DatasetVersion, Evaluation, FeatureSetRecord, RunRecord, StepRecord, TestReport } from '@tidegate/formats';
import type { Project } from './project.ts';
import { listRuns } from './runs.ts';

export async function readDatasetVersion(project: Project, step: StepRecord): Promise<DatasetVersion | null> {
  return readOutput<DatasetVersion>(project, step, 'version');
}

export async function readFeatureSets(project: Project, step: StepRecord): Promise<FeatureSetRecord | null> {
  return readOutput<FeatureSetRecord>(project, step, 'record');
}

export async function readEvaluation(project: Project, step: StepRecord): Promise<Evaluation | null> {
  return readOutput<Evaluation>(project, step, 'evaluation');
}

export async function readTestReport(project: Project, step: StepRecord): Promise<TestReport | null> {
  return readOutput<TestReport>(project, step, 'report');
}

/** The record an output holds; null when the step made none or the object is gone. We wrote it, so its form is trusted. */
async function readOutput<T>(project: Project, step: StepRecord, output: string): Promise<T | null> {
  const artifact = step.outputs[output];
  if (artifact === undefined || !(await project.store.has(artifact.digest))) return null;
  return (await project.store.readJson(artifact.digest)) as unknown as T;
}

/** The newest result of a step, with the run that has it; null when it never had one. */
export function latestResult(project: Project, step: string): { readonly run: RunRecord; readonly record: StepRecord } | null {
  for (const run of listRuns(project)) {
    const record = run.steps.find((candidate) => candidate.step === step && Object.keys(candidate.outputs).length > 0);
    if (record !== undefined) return { run, record };
  }
  return null;
}
