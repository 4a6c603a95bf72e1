import { championSource } from '../../deploy/index.ts';
import type { ChampionSource } from '../../models/index.ts';
import type { Project } from '../project.ts';

/** Who candidates of a project are compared with: by the history of deployments, and in a replay by what the run has recorded. */
export function championsOf(project: Pick<Project, 'config' | 'state' | 'store' | 'elsewhere' | 'recorded'>): ChampionSource {
  const source = championSource({ ...project, environments: project.config.environments });
  return { ...source, ...project.recorded?.champions };
}
