import type { ReleaseManifest } from '@tidegate/formats';
import { lastEnvironment } from '../../../config/index.ts';
import { deploymentHistory, liveAfter } from '../../../deploy/index.ts';
import { readRelease } from '../../../packaging/index.ts';
import type { Project } from '../../project.ts';

/** The releases that are live in the last environment, service by service. */
export async function liveReleases({ state, store, name, config }: Project): Promise<readonly ReleaseManifest[]> {
  const environment = lastEnvironment(config.environments);
  if (environment === null) return [];
  const releases = Object.keys(config.services).flatMap(
    (service) => liveAfter(deploymentHistory(state, name, { environment, service }))?.release ?? [],
  );
  return Promise.all(releases.map((release) => readRelease(store, release)));
}
