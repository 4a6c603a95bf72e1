import { type Deployment, type Digest, type EmitEvent, failure, nameForm } from '@tidegate/formats';
import { findReleases } from '../packaging/index.ts';
import type { DeployDeps } from './deploy-deps.ts';
import { deploymentHistory, deploymentTrail, liveAfter } from './history.ts';
import { alone } from './place-lock.ts';
import { prepareRelease } from './prepare-release.ts';
import { servicesIn } from './services-in.ts';
import { environmentOf, type Switch, type Switched, switchTo } from './switch-release.ts';
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
 * Makes the deployment before the live one again, release and settings; the folder is checked out of the store anew. What is gone
 * back from is not deployed again by itself. Failing API tests of the older release are told and change nothing: somebody has decided.
 *
 * @throws TG-DEPLOY-NOTHING-LIVE, TG-DEPLOY-NOTHING-BEFORE, TG-DEPLOY-WHICH-SERVICE, and what the target throws
 */
export async function rollback(deps: DeployDeps, wanted: RollbackRequest): Promise<Switched> {
  const { environment, reason, signal, emit } = wanted;
  if (wanted.service !== null && !nameForm.test(wanted.service)) throw nothingLive(environment);
  return alone(
    deps,
    environment,
    async () => {
      const place = { project: deps.project, environment, service: wanted.service ?? (await onlyService(deps, environment)) };
      const { config, target } = environmentOf(deps, environment);
      await settleUnderWay(deps, place, target);
      const { release, like } = deploymentBefore(deps, place);
      const commit = findReleases(deps.state, deps.project, release)[0]?.commit ?? null;
      const prepared = await prepareRelease(deps, { place, release, like, signal, emit });
      const step: Switch = { place, release, action: 'rollback', run: null, commit, reason, signal, emit };
      return switchTo(deps, step, { ...prepared, port: config.port }); // callers know the address of today
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

function deploymentBefore(deps: DeployDeps, place: DeploymentPlace): { readonly release: Digest; readonly like: Deployment } {
  const history = deploymentHistory(deps.state, place.project, place);
  if (liveAfter(history) === null) throw nothingLive(place.environment);
  const like = deploymentTrail(history).at(-2);
  if (like?.release != null) return { release: like.release, like };
  throw failure(
    'TG-DEPLOY-NOTHING-BEFORE',
    `Cannot roll back "${place.environment}": nothing was live there before what is live now`,
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
