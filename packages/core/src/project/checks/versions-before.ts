import { type Digest, TidegateError } from '@tidegate/formats';
import { datasetLog } from '../data/dataset-log.ts';
import { versionNamed } from '../data/version-names.ts';
import type { Project } from '../project.ts';

/**
 * Versions that a dataset had before one, the newest first: those that runs of this home had, or commits of this branch pin, before that one first came.
 * So a version keeps its former ones whatever comes later, and a clone has those of its history.
 */
export async function versionsBefore(project: Project, dataset: string, present: Digest, most: number): Promise<readonly Digest[]> {
  const log = await datasetLog(project, dataset);
  const place = log.findIndex(({ digest }) => digest === present);
  const before = log.slice(place + 1).filter(({ version }) => version !== null);
  return before.slice(0, most).map(({ digest }) => digest);
}

/** As {@link versionNamed}; null for a name that no version has. */
export async function knownVersion(project: Project, dataset: string, word: string): Promise<Digest | null> {
  try {
    return await versionNamed(project, dataset, word);
  } catch (error) {
    if (error instanceof TidegateError) return null;
    throw error;
  }
}
