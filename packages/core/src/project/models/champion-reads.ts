import { TidegateError } from '@tidegate/formats';
import { datasetsNamedBy, type FeatureDefinitions, loadDefinitions } from '../../features/index.ts';
import type { Champion, DatasetsOfModels } from '../../models/index.ts';
import type { Project } from '../project.ts';
import { championsOf } from './champions-of.ts';

type Sources = Pick<Project, 'name' | 'config' | 'state' | 'store' | 'elsewhere' | 'recorded'>;

/**
 * The datasets of the project that the features of a model's champion read and those of the candidate do not. The candidate is not
 * known yet: of two releases that may be the champion the datasets of both count.
 */
export async function championReads(project: Sources, definitions: FeatureDefinitions | null): Promise<DatasetsOfModels> {
  const { possible } = championsOf(project);
  const reads: { [model: string]: readonly string[] } = {};
  for (const [model, { evaluate }] of Object.entries(project.config.models)) {
    const service = evaluate.on.kind === 'features' ? definitions?.services[evaluate.on.service] : undefined;
    if (service === undefined) continue;
    const own = datasetsNamedBy(service, Object.keys(project.config.data));
    const champions = await possible({ project: project.name, model }).catch(lost);
    const read = (await Promise.all(champions.map((champion) => datasetsReadBy(project, champion)))).flat();
    reads[model] = [...new Set(read)].filter((dataset) => !own.includes(dataset)).toSorted();
  }
  return reads;
}

async function datasetsReadBy({ store, config }: Sources, { manifest }: Champion): Promise<readonly string[]> {
  if (manifest.definitions === null) return [];
  const service = await loadDefinitions(store, manifest.definitions).catch(lost);
  return 'rows' in service ? datasetsNamedBy(service, Object.keys(config.data)) : [];
}

/** A release whose objects are gone cannot be compared with: its evaluation says so, and a plan goes on. */
function lost(error: unknown): readonly never[] {
  if (error instanceof TidegateError) return [];
  throw error;
}
