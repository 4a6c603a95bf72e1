import type { Deployment } from '@tidegate/formats';
import { isoTime } from '../platform/index.ts';
import type { DeployDeps } from './deploy-deps.ts';
import { appendDeployment, deploymentHistory, liveAfter } from './history.ts';
import { alone } from './place-lock.ts';
import { servicesIn } from './services-in.ts';
import { environmentOf } from './switch-release.ts';
import type { DeploymentPlace } from './target.ts';
import { settleUnderWay } from './under-way.ts';

export interface StopRequest {
  readonly environment: string;
  readonly reason: string;
  readonly signal: AbortSignal;
}

/** Stops everything of the project in an environment. @returns the history's lines; none when nothing was live */
export async function stopEnvironment(deps: DeployDeps, { environment, reason, signal }: StopRequest): Promise<readonly Deployment[]> {
  const stopAll = async (): Promise<readonly Deployment[]> => {
    const { target } = environmentOf(deps, environment);
    const lines: Deployment[] = [];
    for (const service of await servicesIn(deps, environment)) {
      const place = { project: deps.project, environment, service };
      await settleUnderWay(deps, place, target);
      if (liveAfter(deploymentHistory(deps.state, deps.project, place)) === null) await target.stop(place);
      else lines.push(await stopPlace(deps, place, { reason, run: null, commit: null }));
    }
    return lines;
  };
  return alone(deps, environment, stopAll, { signal });
}

/** Stops what is live in a place and writes the history's line. The caller holds the environment's lock. */
export async function stopPlace(
  deps: DeployDeps,
  place: DeploymentPlace,
  { reason, run, commit }: Pick<Deployment, 'reason' | 'run' | 'commit'>,
): Promise<Deployment> {
  const replaced = liveAfter(deploymentHistory(deps.state, place.project, place))?.release ?? null;
  await environmentOf(deps, place.environment).target.stop(place);
  return appendDeployment(deps.state, {
    ...place,
    action: 'stop',
    release: null,
    replaced,
    run,
    commit,
    at: isoTime(deps.platform.clock),
    by: deps.by,
    switchMs: null,
    address: null,
    settings: null,
    tests: null,
    reason,
  });
}
