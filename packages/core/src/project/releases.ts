import type { Digest, RunRecord } from '@tidegate/formats';
import type { Project } from './project.ts';
import { listRuns } from './runs.ts';

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
