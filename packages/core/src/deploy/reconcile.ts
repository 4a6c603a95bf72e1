import type { EmitEvent } from '@tidegate/formats';
import type { DeployDeps } from './deploy-deps.ts';
import { deploymentHistory, liveAfter } from './history.ts';
import { alone } from './place-lock.ts';
import { prepareRelease } from './prepare-release.ts';
import { servicesIn } from './services-in.ts';
import { environmentOf } from './switch-release.ts';
import type { DeploymentPlace } from './target.ts';
import { settleUnderWay } from './under-way.ts';

export interface ReconcileRequest {
  readonly environment: string;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
}

/**
 * Starts again what the history says is live and does not run, with the settings it had, for instance after the machine was started
 * again; the history stays as it is. What was stopped stays stopped.
 *
 * @returns the services it started
 */
export async function reconcile(deps: DeployDeps, wanted: ReconcileRequest): Promise<readonly string[]> {
  const { environment, signal } = wanted;
  return alone(
    deps,
    environment,
    async () => {
      const started: string[] = [];
      for (const service of await servicesIn(deps, environment))
        if (await startIfDown(deps, { project: deps.project, environment, service }, wanted)) started.push(service);
      return started;
    },
    { signal },
  );
}

async function startIfDown(deps: DeployDeps, place: DeploymentPlace, { signal, emit }: ReconcileRequest): Promise<boolean> {
  const { target } = environmentOf(deps, place.environment);
  await settleUnderWay(deps, place, target);
  const live = liveAfter(deploymentHistory(deps.state, place.project, place));
  if (live?.release == null) return false;
  const { release } = live;
  const status = await target.status(place);
  if (status.running && status.release === release) return false;
  emit({ kind: 'deploy-progress', environment: place.environment, release, doing: 'Starting again what should be live' });
  const { folder, settings, port } = await prepareRelease(deps, { place, release, like: live, signal, emit });
  await target.deploy({ place, release, folder, settings, port, signal, emit });
  return true;
}
