import type { ChampionSource } from '../models/index.ts';
import { readRelease } from '../packaging/index.ts';
import type { DeployDeps } from './deploy-deps.ts';
import { deploymentHistory, releaseTrail } from './history.ts';
import { lastEnvironment } from './order.ts';

/**
 * The champion by the history of the last environment: the newest release on the trail to what is live (`releaseTrail`: what was
 * rolled back is not on it) that holds the model under another file than the candidate's.
 */
export function championSource({ environments, state, store }: Pick<DeployDeps, 'environments' | 'state' | 'store'>): ChampionSource {
  const environment = lastEnvironment(environments);
  return {
    environment,
    champion: async ({ project, model, candidate }) => {
      if (environment === null) return null;
      const history = deploymentHistory(state, project, { environment });
      const services = [...new Set(history.map(({ service }) => service))];
      for (const service of services)
        for (const release of releaseTrail(history.filter((one) => one.service === service)).toReversed()) {
          const manifest = await readRelease(store, release);
          if (manifest.model.name === model && manifest.model.artifact !== candidate) return { release, manifest };
        }
      return null;
    },
  };
}
