import { join } from 'node:path';
import { type DataContract, parseContract } from '../../data/index.ts';
import { datasetsNamedBy, type ServiceDefinition } from '../../features/index.ts';
import { readTextIfThere } from '../../platform/index.ts';
import { featureDefinitions } from '../features/feature-definitions.ts';
import type { Project } from '../project.ts';

/** What the data contracts of datasets say of the inputs that come from their columns. A data contract with mistakes says nothing here. */
export interface PromisedInputs {
  /** Input of the service's model → how far it may be from training (`tidegate.skew`, `tidegate.drift`); of several the least. */
  readonly floors: ReadonlyMap<string, number>;
  /** Inputs of which no value may be shown (`tidegate.personal`). */
  readonly hidden: ReadonlySet<string>;
}

export async function promisedInputs(project: Project, service: string): Promise<PromisedInputs> {
  const floors = new Map<string, number>();
  const hidden = new Set<string>();
  for (const [dataset, prefixes] of await inputPrefixes(project, service)) {
    const contract = await contractOf(project, dataset);
    for (const { name, allowedSkew, personal } of contract?.columns ?? [])
      for (const prefix of prefixes) {
        const input = `${prefix}${name}`;
        if (allowedSkew !== null) floors.set(input, Math.min(allowedSkew, floors.get(input) ?? 1));
        if (personal) hidden.add(input);
      }
  }
  return { floors, hidden };
}

/** Service → inputs of its model that data contracts call personal: no value of theirs may leave with a release. */
export async function withheldInputs(project: Project): Promise<{ readonly [service: string]: readonly string[] }> {
  const { services, data } = project.config;
  if (Object.values(data).every(({ contract }) => contract === null)) return {};
  const withheld: { [service: string]: readonly string[] } = {};
  for (const service of Object.keys(services)) withheld[service] = [...(await promisedInputs(project, service)).hidden].toSorted();
  return withheld;
}

/**
 * Dataset → what stands before the names of its columns where they are inputs of a service's model: nothing for those of the dataset that the model is evaluated on and of those that the rows of its
 * features read, and `view__` for those that a view reads.
 */
export async function inputPrefixes(project: Project, service: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const { config } = project;
  const { model = '', features = null } = config.services[service] ?? {};
  const on = config.models[model]?.evaluate.on ?? null;
  const definition = features === null ? null : ((await featureDefinitions(project))?.services[features] ?? null);
  const prefixes = Object.keys(config.data).map((dataset): readonly [string, readonly string[]] => [
    dataset,
    [
      ...new Set([
        ...(on?.kind === 'data' && on.dataset === dataset ? [''] : []),
        ...(definition === null ? [] : prefixesOf(definition, dataset)),
      ]),
    ],
  ]);
  return new Map(prefixes.filter(([, found]) => found.length > 0));
}

/** What stands before the names of columns of the dataset where they are inputs: nothing for the rows, `view__` for a view. */
function prefixesOf(definition: ServiceDefinition, dataset: string): readonly string[] {
  const ofRows = datasetsNamedBy({ ...definition, views: [] }, [dataset]).length > 0 ? [''] : [];
  const views = definition.views.filter(
    (join) => datasetsNamedBy({ ...definition, rows: join.view.source, views: [] }, [dataset]).length > 0,
  );
  return [...ofRows, ...views.map(({ as }) => `${as}__`)];
}

async function contractOf({ root, config }: Project, dataset: string): Promise<DataContract | null> {
  const file = config.data[dataset]?.contract ?? null;
  const text = file === null ? null : await readTextIfThere(join(root, file));
  if (file === null || text === null || !/tidegate\.(skew|drift|personal)/.test(text)) return null;
  const parsed = parseContract({ file, text, dataset });
  return parsed.ok ? parsed.value : null;
}
