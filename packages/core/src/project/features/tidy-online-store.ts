import { withReleasesInUse } from '../../deploy/index.ts';
import { deployDeps } from '../deploy/deploy-deps.ts';
import { keepViewsOf } from './online-store.ts';
import type { Project } from '../project.ts';
import { newestReleases } from '../deploy/releases.ts';

/** Deletes the feature views that no release in use looks up, nor the newest one, which is deployed next. For after a deployment. */
export async function tidyOnlineStore(project: Project): Promise<void> {
  await withReleasesInUse(deployDeps(project), (releases) => keepViewsOf(project, [...releases, ...newestReleases(project)]));
}
