import type { EmitEvent } from '@tidegate/formats';
import { checkOutRelease } from '../packaging/index.ts';
import type { DeployDeps } from './deploy-deps.ts';
import { deploymentHistory, liveAfter } from './history.ts';
import { alone } from './place-lock.ts';
import { releaseFolder } from './release-folder.ts';
import { servicesIn } from './services-in.ts';
import { environmentOf, settingsFor } from './switch-release.ts';
import type { DeploymentPlace } from './target.ts';
import { settleUnderWay } from './under-way.ts';

export interface ReconcileRequest {
  readonly environment: string;
  readonly signal: AbortSignal;
  readonly emit: EmitEvent;
}

/**
 * Starts again what the history says is live and nothing runs, for instance after the machine was started again; the history stays
 * as it is. What was stopped stays stopped.
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
  const { config, target } = environmentOf(deps, place.environment);
  await settleUnderWay(deps, place, target);
  const release = liveAfter(deploymentHistory(deps.state, place.project, place))?.release ?? null;
  if (release === null) return false;
  const status = await target.status(place);
  if (status.running && status.release === release) return false;
  emit({ kind: 'deploy-progress', environment: place.environment, release, doing: 'Starting again what should be live' });
  const folder = releaseFolder(deps, place, release);
  const manifest = await checkOutRelease(deps.store, release, folder);
  const settings = await settingsFor(deps, manifest, { place, folder, signal, emit });
  await target.deploy({ place, release, folder, settings, port: config.port, signal, emit });
  return true;
}
