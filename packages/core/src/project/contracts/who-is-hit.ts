import { deploymentHistory, liveAfter } from '../../deploy/index.ts';
import { readRelease } from '../../packaging/index.ts';
import { dependentsOf } from '../data/dependents.ts';
import type { Project } from '../project.ts';

/** What depends on a dataset, directly or not, and so is hit by a breaking change of it. */
export interface HitByChange {
  readonly datasets: readonly string[];
  /** Feature views and services of the project. */
  readonly features: readonly string[];
  readonly steps: readonly string[];
  readonly models: readonly string[];
  /** Services that are live with one of these models. */
  readonly live: readonly LiveService[];
}

export interface LiveService {
  readonly service: string;
  readonly environment: string;
  readonly model: string;
}

/** Who depends on datasets, by the graph of the project as it is now, and which of them is live. */
export async function whoIsHit(project: Project, datasets: readonly string[]): Promise<HitByChange> {
  const dependents = await dependentsOf(project);
  const all = [...new Set(datasets.flatMap((name) => dependents[`data.${name}`] ?? []))];
  const named = (kind: string): readonly string[] => [
    ...new Set(all.flatMap((step) => (step.startsWith(`${kind}.`) ? [step.slice(kind.length + 1).replace(/@.*$/, '')] : []))),
  ];
  const models = named('models');
  return { datasets, features: named('features'), steps: named('steps'), models, live: await liveServices(project, models) };
}

async function liveServices({ state, store, name }: Project, models: readonly string[]): Promise<readonly LiveService[]> {
  const places = Map.groupBy(deploymentHistory(state, name), ({ environment, service }) => `${environment}/${service}`);
  const found: LiveService[] = [];
  for (const lines of places.values()) {
    const line = liveAfter(lines);
    if (line === null || line.release === null) continue;
    const manifest = await readRelease(store, line.release).catch(() => null);
    if (manifest !== null && models.includes(manifest.model.name))
      found.push({ service: line.service, environment: line.environment, model: manifest.model.name });
  }
  return found;
}
