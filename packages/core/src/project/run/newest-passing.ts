import type { DatasetVersion, Digest } from '@tidegate/formats';
import { replacements } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { readDatasetVersion } from '../records.ts';
import { listRuns } from './runs.ts';

/** The newest version of each dataset of the project that keeps what its data contract promises; one that never did is not among them. */
export async function newestPassing(project: Project): Promise<{ readonly [dataset: string]: Digest }> {
  const found: { [dataset: string]: Digest } = {};
  for (const dataset of Object.keys(project.config.data)) {
    const digest = await newestPassingOf(project, dataset);
    if (digest !== null) found[dataset] = digest;
  }
  return found;
}

/** The same of one dataset; null when it never did. */
export async function newestPassingOf(project: Project, dataset: string): Promise<Digest | null> {
  const seen = new Set<Digest>();
  for (const run of listRuns(project)) {
    const step = run.steps.find((candidate) => candidate.step === `data.${dataset}`);
    const digest = step?.outputs['version']?.digest;
    if (step === undefined || digest === undefined || seen.has(digest)) continue;
    seen.add(digest);
    const version = await readDatasetVersion(project, step);
    if (version !== null && passes(version)) return replacements(project.state, project.name).newest(digest);
  }
  return null;
}

/** Whether a version keeps what its data contract promises, warnings aside. */
export function passes({ checks }: DatasetVersion): boolean {
  return checks.every(({ severity, verdict }) => severity === 'warning' || verdict === 'pass');
}
