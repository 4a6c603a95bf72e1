import { join } from 'node:path';
import { type Digest, invariant, nameForm, shortDigest } from '@tidegate/formats';
import { readdir, rm } from '../platform/index.ts';
import type { DeployDeps } from './deploy-deps.ts';
import type { DeploymentPlace } from './target.ts';

/** Everything of one place: folders of its releases, the mark of a deployment under way, and what its target keeps. */
export function placeFolder(deployments: string, { project, environment, service }: DeploymentPlace): string {
  for (const name of [project, environment, service]) invariant(nameForm.test(name), `"${name}" is a name`);
  return join(deployments, project, environment, service);
}

/** The prediction log of a place: docs/reference/formats/prediction-log.md. */
export function predictionLogFolder(deployments: string, place: DeploymentPlace): string {
  return join(placeFolder(deployments, place), 'predictions');
}

/** Where a release is checked out while it is live: never in the working tree. */
export function releaseFolder({ home }: Pick<DeployDeps, 'home'>, place: DeploymentPlace, release: Digest): string {
  return join(placeFolder(home.deployments, place), 'releases', shortDigest(release));
}

/** Removes the folders of other releases: the store can make them again. */
export async function removeOtherFolders(deps: Pick<DeployDeps, 'home'>, place: DeploymentPlace, kept: readonly Digest[]): Promise<void> {
  const folder = join(placeFolder(deps.home.deployments, place), 'releases');
  const names = new Set(kept.map(shortDigest));
  for (const name of await readdir(folder)) if (!names.has(name)) await rm(join(folder, name), { recursive: true, force: true });
}
