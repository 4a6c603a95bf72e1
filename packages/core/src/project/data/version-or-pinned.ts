import { type Digest, failure } from '@tidegate/formats';
import { newestPassingOf } from '../run/newest-passing.ts';
import type { Project } from '../project.ts';
import { requireDataset } from './dataset-views.ts';
import { pinnedVersion, versionNamed } from './version-names.ts';

/** The version that a word names, or else the pinned one, or else the newest that passes. @throws TG-CLI-NOT-FOUND */
export async function versionOrPinned(project: Project, dataset: string, word: string | null): Promise<Digest> {
  requireDataset(project, dataset);
  if (word !== null) return versionNamed(project, dataset, word);
  const digest = await currentVersion(project, dataset);
  if (digest !== null) return digest;
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot find a version of "data.${dataset}": none is pinned, and none passes`,
    `Run "tidegate data commit ${dataset}" first`,
  );
}

/** The pinned version, or else the newest that passes; null when there is neither. */
export async function currentVersion(project: Project, dataset: string): Promise<Digest | null> {
  return (await pinnedVersion(project, dataset)) ?? (await newestPassingOf(project, dataset));
}
