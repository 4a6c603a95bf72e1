import { join } from 'node:path';
import { parseContract } from '../../data/index.ts';
import { datasetsNamedBy, type ServiceDefinition } from '../../features/index.ts';
import { readTextIfThere } from '../../platform/index.ts';
import { featureDefinitions } from '../nodes.ts';
import type { Project } from '../project.ts';

/**
 * Input of a service's model → how far it may be from training, as the data contracts of the datasets say (`tidegate.skew`, `tidegate.drift`); of several the least. An input stands for the column of its name: of the dataset
 * that the model is evaluated on, of those that the rows of its features read, and, as `view__column`, of those that the view reads. A data contract with mistakes says nothing here.
 */
export async function promisedFloors(project: Project, service: string): Promise<ReadonlyMap<string, number>> {
  const { config } = project;
  const { model = '', features = null } = config.services[service] ?? {};
  const on = config.models[model]?.evaluate.on ?? null;
  const definition = features === null ? null : ((await featureDefinitions(project))?.services[features] ?? null);
  const floors = new Map<string, number>();
  for (const [dataset, { contract }] of Object.entries(config.data)) {
    const prefixes = [
      ...(on?.kind === 'data' && on.dataset === dataset ? [''] : []),
      ...(definition === null ? [] : prefixesOf(definition, dataset)),
    ];
    if (contract === null || prefixes.length === 0) continue;
    for (const [column, floor] of await allowedOf(project, dataset, contract))
      for (const prefix of prefixes) floors.set(`${prefix}${column}`, Math.min(floor, floors.get(`${prefix}${column}`) ?? 1));
  }
  return floors;
}

/** What stands before the names of columns of the dataset where they are inputs: nothing for the rows, `view__` for a view. */
function prefixesOf(definition: ServiceDefinition, dataset: string): readonly string[] {
  const ofRows = datasetsNamedBy({ ...definition, views: [] }, [dataset]).length > 0 ? [''] : [];
  const views = definition.views.filter(
    (join) => datasetsNamedBy({ ...definition, rows: join.view.source, views: [] }, [dataset]).length > 0,
  );
  return [...ofRows, ...views.map(({ as }) => `${as}__`)];
}

async function allowedOf({ root }: Project, dataset: string, file: string): Promise<readonly (readonly [column: string, floor: number])[]> {
  const text = await readTextIfThere(join(root, file));
  if (text === null || !/tidegate\.(skew|drift)/.test(text)) return [];
  const parsed = parseContract({ file, text, dataset });
  if (!parsed.ok) return [];
  return parsed.value.columns.flatMap(({ name, allowedSkew }) => (allowedSkew === null ? [] : [[name, allowedSkew] as const]));
}
