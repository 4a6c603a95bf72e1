import { join } from 'node:path';
import { readdir } from '../platform/index.ts';
import type { DeployDeps } from './deploy-deps.ts';
import { deploymentHistory } from './history.ts';

/** Services that were ever deployed to an environment, or are being deployed to it, in the order of their names. */
export async function servicesIn(deps: Pick<DeployDeps, 'home' | 'project' | 'state'>, environment: string): Promise<readonly string[]> {
  const known = deploymentHistory(deps.state, deps.project, { environment }).map(({ service }) => service);
  const entries = await readdir(join(deps.home.deployments, deps.project, environment), { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return [...new Set([...known, ...folders])].toSorted();
}
