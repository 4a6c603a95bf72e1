import type { Deployment, Digest } from '@tidegate/formats';
import type { DeployDeps } from './deploy-deps.ts';
import { deploymentHistory, releaseTrail } from './history.ts';
import { tryAlone } from './place-lock.ts';

/**
 * Tells some work which releases the environments need, while nothing can be deployed to any of them: what is live, or was when the
 * environment was stopped, and what a rollback would take. Does nothing where another process deploys: the work is for tidying up.
 */
export async function withReleasesInUse(
  deps: Pick<DeployDeps, 'environments' | 'home' | 'project' | 'state'>,
  work: (releases: readonly Digest[]) => Promise<void>,
): Promise<void> {
  const history = deploymentHistory(deps.state, deps.project);
  using locks = new DisposableStack();
  for (const environment of new Set([...Object.keys(deps.environments), ...history.map((line) => line.environment)])) {
    const lock = tryAlone(deps, environment);
    if (lock === null) return;
    locks.use(lock);
  }
  await work(releasesInUse(deploymentHistory(deps.state, deps.project)));
}

/** What is live, or was when its environment was stopped, and what a rollback would take. */
export function releasesInUse(history: readonly Deployment[]): readonly Digest[] {
  const places = Map.groupBy(history, ({ environment, service }) => `${environment}/${service}`);
  return [...new Set([...places.values()].flatMap((lines) => releaseTrail(lines).slice(-2)))];
}
