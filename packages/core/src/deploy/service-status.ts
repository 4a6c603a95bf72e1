import type { Deployment } from '@tidegate/formats';
import type { DeployDeps } from './deploy-deps.ts';
import { deploymentHistory, liveAfter } from './history.ts';
import { servicesIn } from './services-in.ts';
import { environmentOf } from './switch-release.ts';
import type { TargetStatus } from './target.ts';

export interface ServiceStatus {
  readonly service: string;
  /** What the history says is live; null when nothing is. */
  readonly live: Deployment | null;
  /** What runs, as the target says. */
  readonly target: TargetStatus;
}

/** What is live in an environment, a fact of history, and what runs there, asked of its target. Changes nothing. */
export async function serviceStatuses(deps: DeployDeps, environment: string): Promise<readonly ServiceStatus[]> {
  const { target } = environmentOf(deps, environment);
  const services = await servicesIn(deps, environment);
  return Promise.all(
    services.map(async (service) => {
      const place = { project: deps.project, environment, service };
      return { service, live: liveAfter(deploymentHistory(deps.state, deps.project, place)), target: await target.status(place) };
    }),
  );
}
