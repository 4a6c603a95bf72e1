import { TidegateError } from '@tidegate/formats';
import { checkFeatureServices } from '../../config/index.ts';
import { type FeatureDefinitions, readDefinitions } from '../../features/index.ts';
import type { Project } from '../project.ts';

/** The feature definitions, with every name that `tidegate.yaml` uses found in them; null when the project has none. */
export async function featureDefinitions({
  config,
  root,
  source,
}: Pick<Project, 'config' | 'root' | 'source'>): Promise<FeatureDefinitions | null> {
  if (config.features === null) return null;
  const definitions = await readDefinitions(root, config.features.definitions);
  const [first, ...rest] = checkFeatureServices({ config, source }, Object.keys(definitions.services));
  if (first !== undefined) throw new TidegateError([first, ...rest]);
  return definitions;
}
