import type { Digest } from '@tidegate/formats';
import { lastEnvironment } from '../config/index.ts';
import type { Champion, ChampionSource } from '../models/index.ts';
import { readRelease } from '../packaging/index.ts';
import type { DeployDeps } from './deploy-deps.ts';
import { deploymentHistory, releaseTrail } from './history.ts';

/**
 * The champion by the history of the last environment: the newest release on the trail to what is live (`releaseTrail`: what was
 * rolled back is not on it) that holds the model under another file than the candidate's. A home that never deployed there goes by the
 * history that others share.
 */
export function championSource({
  environments,
  state,
  store,
  elsewhere,
}: Pick<DeployDeps, 'environments' | 'state' | 'store' | 'elsewhere'>): ChampionSource {
  const environment = lastEnvironment(environments);
  const trails = async (project: string): Promise<readonly (readonly Digest[])[]> => {
    if (environment === null) return [];
    const own = deploymentHistory(state, project, { environment });
    const history = own.length > 0 ? own : await elsewhere(environment);
    const services = [...new Set(history.map(({ service }) => service))];
    return services.map((service) => releaseTrail(history.filter((one) => one.service === service)).toReversed());
  };
  async function* releasesOf(trail: readonly Digest[], model: string): AsyncGenerator<Champion> {
    for (const release of trail) {
      const manifest = await readRelease(store, release);
      if (manifest.model.name === model) yield { release, manifest };
    }
  }
  return {
    environment,
    champion: async ({ project, model, candidate }) => {
      for (const trail of await trails(project))
        for await (const champion of releasesOf(trail, model)) if (champion.manifest.model.artifact !== candidate) return champion;
      return null;
    },
    possible: async ({ project, model }) =>
      (await Promise.all((await trails(project)).map((trail) => newestTwo(releasesOf(trail, model))))).flat(),
  };
}

/** The newest of each of the two newest model files: the candidate is at most one of them. */
async function newestTwo(releases: AsyncIterable<Champion>): Promise<readonly Champion[]> {
  const found = new Map<Digest, Champion>();
  for await (const champion of releases) {
    const { artifact } = champion.manifest.model;
    if (!found.has(artifact)) found.set(artifact, champion);
    if (found.size === 2) break;
  }
  return [...found.values()];
}
