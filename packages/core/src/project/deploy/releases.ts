import { type Digest, failure, type RunRecord } from '@tidegate/formats';
import { findDigest } from '../explain/find-digest.ts';
import type { Project } from '../project.ts';
import { listRuns } from '../run/runs.ts';

/** The releases that a run made or found again, by service. */
export function releasesOf({ steps }: Pick<RunRecord, 'steps'>): readonly { readonly service: string; readonly release: Digest }[] {
  return steps.flatMap(({ kind, step, outputs }) => {
    const release = outputs['manifest']?.digest;
    return kind !== 'release' || release === undefined ? [] : [{ service: step.slice('services.'.length), release }];
  });
}

/** The releases of the newest run that made any; none before the first. */
export function newestReleases(project: Project): readonly Digest[] {
  for (const run of listRuns(project)) {
    const releases = releasesOf(run);
    if (releases.length > 0) return releases.map(({ release }) => release);
  }
  return [];
}

/**
 * A release by its digest or the first digits of it; null = the newest that a run made.
 * @param action what cannot be done without it, for the message: `serve`
 * @throws TG-CLI-NOT-FOUND
 */
export async function requireRelease(project: Project, release: string | null, action: string): Promise<Digest> {
  const digest = release === null ? (newestReleases(project)[0] ?? null) : await findDigest(project, release);
  if (digest !== null) return digest;
  const message =
    release === null
      ? `Cannot ${action} a release: no run has made one yet`
      : `Cannot ${action} "${release}": the project has no such release`;
  throw failure('TG-CLI-NOT-FOUND', message, 'Make one: tidegate run');
}
