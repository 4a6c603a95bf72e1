import { type Digest, type EmitEvent, failure } from '@tidegate/formats';
import { findReleases } from '../packaging/index.ts';
import type { DeployDeps } from './deploy-deps.ts';
import { deploymentHistory, liveAfter, releaseTrail } from './history.ts';
import { alone } from './place-lock.ts';
import { servicesIn } from './services-in.ts';
import { environmentOf, type Switched, switchTo } from './switch-release.ts';
import type { DeploymentPlace } from './target.ts';
import { settleUnderWay } from './under-way.ts';

export interface RollbackRequest {
  readonly environment: string;
  /** Null: the only one that is live there. */
  readonly service: string | null;
  readonly reason: string;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
}

/**
 * Makes the release before the live one live again; its folder is checked out of the store anew. The release that is gone back
 * from is not deployed again by itself. Failing API tests of the older release are told and change nothing: somebody has decided.
 *
 * @throws TG-DEPLOY-NOTHING-LIVE, TG-DEPLOY-NOTHING-BEFORE, TG-DEPLOY-WHICH-SERVICE, and what the target throws
 */
export async function rollback(deps: DeployDeps, wanted: RollbackRequest): Promise<Switched> {
  const { environment, reason, signal, emit } = wanted;
  return alone(
    deps,
    environment,
    async () => {
      const place = { project: deps.project, environment, service: wanted.service ?? (await onlyService(deps, environment)) };
      await settleUnderWay(deps, place, environmentOf(deps, environment).target);
      const release = releaseBefore(deps, place);
      const commit = findReleases(deps.state, deps.project, release)[0]?.commit ?? null;
      return switchTo(deps, { place, release, action: 'rollback', run: null, commit, reason, signal, emit });
    },
    { signal },
  );
}

async function onlyService(deps: DeployDeps, environment: string): Promise<string> {
  const services = await servicesIn(deps, environment);
  const live = services.filter((service) => liveAfter(deploymentHistory(deps.state, deps.project, { environment, service })) !== null);
  const [service, ...more] = live;
  if (service === undefined) throw nothingLive(environment);
  if (more.length === 0) return service;
  throw failure(
    'TG-DEPLOY-WHICH-SERVICE',
    `Cannot tell what to roll back in "${environment}": ${live.map((name) => `"${name}"`).join(', ')} are live there`,
    `Name one: tidegate rollback ${environment} --service ${service}`,
  );
}

function releaseBefore(deps: DeployDeps, place: DeploymentPlace): Digest {
  const history = deploymentHistory(deps.state, place.project, place);
  if (liveAfter(history) === null) throw nothingLive(place.environment);
  const before = releaseTrail(history).at(-2);
  if (before !== undefined) return before;
  throw failure(
    'TG-DEPLOY-NOTHING-BEFORE',
    `Cannot roll back "${place.environment}": the live release is the first one there`,
    `Stop it, or deploy another: tidegate stop ${place.environment}`,
  );
}

function nothingLive(environment: string): Error {
  return failure(
    'TG-DEPLOY-NOTHING-LIVE',
    `Cannot roll back "${environment}": nothing is live there`,
    `Deploy a release: tidegate run --to ${environment}`,
  );
}
