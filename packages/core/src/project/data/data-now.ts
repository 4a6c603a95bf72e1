import { type Digest, type EmitEvent, failure, isErrorCode, type StepRecord } from '@tidegate/formats';
import { newestPassingOf, passes } from '../run/newest-passing.ts';
import { plannedSteps } from '../run/plan-project.ts';
import type { Project } from '../project.ts';
import { readDatasetVersion } from '../records.ts';
import { runProject } from '../run/run-project.ts';
import { findRun } from '../run/runs.ts';

export interface DataNow {
  /** The newest version of each dataset that keeps what its data contract promises. */
  readonly versions: { readonly [dataset: string]: Digest };
  /** Versions of what the sources have now that do not keep it. */
  readonly refused: { readonly [dataset: string]: Digest };
}

/**
 * Versions of what the sources of these datasets have now: what has changed since the last run is read, profiled and checked by the
 * datasets' own steps, in a run of the project. Where that does not pass, the newest version that does counts.
 *
 * @throws what reading a dataset throws; TG-CLI-NOT-FOUND when a dataset has no version that passes
 */
export async function dataNow(
  project: Project,
  datasets: readonly string[],
  options: { readonly signal: AbortSignal; readonly emit: EmitEvent },
): Promise<DataNow> {
  const versions: { [dataset: string]: Digest } = {};
  const refused: { [dataset: string]: Digest } = {};
  const records = await recordsNow(project, datasets, options);
  for (const dataset of datasets) {
    const record = records.find(({ step }) => step === `data.${dataset}`);
    const now = record?.outputs['version']?.digest ?? null;
    const version = record === undefined ? null : await readDatasetVersion(project, record);
    if (now !== null && version !== null && passes(version)) versions[dataset] = now;
    else {
      if (now !== null) refused[dataset] = now;
      versions[dataset] = await lastGood(project, dataset);
    }
  }
  return { versions, refused };
}

/** Of steps whose result is known the record that has it; the others run. */
export async function recordsNow(
  project: Project,
  datasets: readonly string[],
  { signal, emit }: { readonly signal: AbortSignal; readonly emit: EmitEvent },
): Promise<readonly StepRecord[]> {
  if (datasets.length === 0) return [];
  const planned = await plannedSteps(project, { only: datasets.map((dataset) => `data.${dataset}`), signal });
  const known = planned.steps.flatMap(({ step, madeBy }) => {
    const run = madeBy === null ? null : findRun(project, madeBy);
    return run?.steps.find((record) => record.step === step) ?? [];
  });
  const only = planned.steps.map(({ step }) => step).filter((step) => !known.some((record) => record.step === step));
  if (only.length === 0) return known;
  const { record } = await runProject(project, { goal: 'gate', only, force: [], jobs: null, again: false, signal, emit });
  signal.throwIfAborted();
  const broken = record.steps.find((step) => step.failure !== null)?.failure ?? record.failure;
  if (broken !== null && isErrorCode(broken.code)) throw failure(broken.code, broken.message, broken.hint);
  return [...known, ...record.steps];
}

async function lastGood(project: Project, dataset: string): Promise<Digest> {
  const digest = await newestPassingOf(project, dataset);
  if (digest !== null) return digest;
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot compute features from data.${dataset}: none of its versions passes its checks`,
    `Run "tidegate data log ${dataset}" to see what is wrong`,
  );
}
