import { type DatasetVersion, type Digest, type Evidence, failure, type RunId } from '@tidegate/formats';
import { replacements } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { latestResult, readDatasetVersion } from '../records.ts';
import { listRuns } from '../run/runs.ts';

export interface DatasetEntry {
  readonly name: string;
  readonly digest: Digest | null;
  readonly version: DatasetVersion | null;
  /** What its checks found, a sentence each. */
  readonly evidence: readonly Evidence[];
}

/** Every dataset of the project with its newest version. */
export async function listDatasets(project: Project): Promise<readonly DatasetEntry[]> {
  return Promise.all(
    Object.keys(project.config.data).map(async (name) => {
      const latest = latestResult(project, `data.${name}`);
      const version = latest === null ? null : await readDatasetVersion(project, latest.record);
      const digest = version === null ? null : (latest?.record.outputs['version']?.digest ?? null);
      return { name, digest, version, evidence: latest?.record.evidence ?? [] };
    }),
  );
}

export interface DatasetHistoryEntry {
  readonly digest: Digest;
  readonly version: DatasetVersion;
  /** The first run that had this version, and when it started. */
  readonly run: RunId;
  readonly at: string;
}

/** The versions of a dataset, newest first, each once. */
export async function datasetHistory(project: Project, name: string): Promise<readonly DatasetHistoryEntry[]> {
  requireDataset(project, name);
  const { newest } = replacements(project.state, project.name);
  const found = new Map<Digest, DatasetHistoryEntry>();
  for (const run of listRuns(project)) {
    const step = run.steps.find((candidate) => candidate.step === `data.${name}`);
    const made = step?.outputs['version']?.digest;
    if (step === undefined || made === undefined) continue;
    const digest = newest(made); // rows of it may have been forgotten since
    const version = found.get(digest)?.version ?? (await readDatasetVersion(project, step));
    if (version !== null) found.set(digest, { digest, version, run: run.id, at: run.startedAt });
  }
  return [...found.values()];
}

/** A dataset with its newest version. @throws TG-CLI-NOT-FOUND when there is no such dataset, or no version of it */
export async function newestDataset(project: Project, name: string): Promise<DatasetEntry & { readonly version: DatasetVersion }> {
  requireDataset(project, name);
  const entry = (await listDatasets(project)).find((one) => one.name === name);
  if (entry === undefined || entry.version === null)
    throw failure(
      'TG-CLI-NOT-FOUND',
      `Cannot find a version of "data.${name}": it was never read`,
      `Run "tidegate run data.${name}" first`,
    );
  return { ...entry, version: entry.version };
}

/** @throws TG-CLI-NOT-FOUND when the project has no dataset of that name */
export function requireDataset(project: Project, name: string): void {
  if (Object.hasOwn(project.config.data, name)) return;
  const aside = name.endsWith('.quarantine') ? name.slice(0, -'.quarantine'.length) : null;
  if (aside !== null && Object.hasOwn(project.config.data, aside))
    throw failure(
      'TG-CLI-NOT-FOUND',
      `Cannot ask this of "data.${name}": rows that were put aside have no versions of their own`,
      `Look at them: "tidegate data show ${name}", "tidegate data export ${name} FOLDER"`,
    );
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot find "data.${name}": the project has no dataset of that name`,
    `Datasets: ${Object.keys(project.config.data).join(', ')}`,
  );
}
