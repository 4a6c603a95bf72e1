import type { StepName } from '@tidegate/formats';
import { deploymentHistory, liveAfter } from '../../deploy/index.ts';
import { type FeatureDefinitions, readersOfColumns } from '../../features/index.ts';
import { readRelease } from '../../packaging/index.ts';
import { buildGraph, type Graph, type StepNode } from '../../pipeline/index.ts';
import { featureDefinitions } from '../features/feature-definitions.ts';
import { projectNodes } from '../nodes.ts';
import type { Project } from '../project.ts';

/** What depends on datasets, directly or not, and so is hit by a breaking change of them. */
export interface HitByChange extends Readers {
  readonly datasets: readonly string[];
  /** The same of each column that changed, and of each dataset that changed as a whole. */
  readonly byColumn: readonly HitByColumn[];
}

export interface HitByColumn extends Readers {
  readonly dataset: string;
  /** Null: the dataset as a whole. */
  readonly column: string | null;
}

/** Who reads something, directly or not. */
export interface Readers {
  /** Feature views whose SQL reads what changed. */
  readonly views: readonly string[];
  /** Feature services. */
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

/** Columns of a dataset that a change is about. */
export interface ChangedColumns {
  readonly dataset: string;
  /** Null: the dataset as a whole. */
  readonly columns: readonly string[] | null;
}

/**
 * Who depends on what changed, by the graph of the project as it is now, and which of them is live. Features are hit when their SQL reads one of the columns, now or by
 * the definitions of before; a step that reads a dataset as files may read any column of it.
 */
export async function whoIsHit(
  project: Project,
  changed: readonly ChangedColumns[],
  before: FeatureDefinitions | null = null,
): Promise<HitByChange> {
  const path: PathOfProject = {
    definitions: [await featureDefinitions(project), before].filter((one) => one !== null),
    graph: buildGraph(await projectNodes(project)),
    live: await liveServices(project),
  };
  return {
    datasets: [...new Set(changed.map(({ dataset }) => dataset))],
    ...readersOf(changed, path),
    byColumn: changed.flatMap(({ dataset, columns }): readonly HitByColumn[] =>
      columns === null
        ? [{ dataset, column: null, ...readersOf([{ dataset, columns }], path) }]
        : columns.map((column) => ({ dataset, column, ...readersOf([{ dataset, columns: [column] }], path) })),
    ),
  };
}

interface PathOfProject {
  readonly definitions: readonly FeatureDefinitions[];
  readonly graph: Graph;
  /** Whatever is live of the project. */
  readonly live: readonly LiveService[];
}

function readersOf(changed: readonly ChangedColumns[], { definitions, graph, live }: PathOfProject): Readers {
  const readers = changed.flatMap(({ dataset, columns }) => definitions.map((one) => readersOfColumns(one, dataset, columns)));
  const services = new Set(readers.flatMap((one) => one.services).map((name) => `features.${name}`));
  const datasets = changed.map(({ dataset }) => dataset);
  const first = [...graph.nodes.values()].filter((node) =>
    node.kind === 'features' ? services.has(node.name) : !isJudging(node) && datasets.some((name) => readsStep(node, `data.${name}`)),
  );
  const all = withDependents(
    graph,
    first.map(({ name }) => name),
  );
  const named = (kind: string): readonly string[] => [
    ...new Set(all.flatMap((step) => (step.startsWith(`${kind}.`) ? [step.slice(kind.length + 1).replace(/@.*$/, '')] : []))),
  ];
  const models = named('models');
  return {
    views: [...new Set(readers.flatMap((one) => one.views))],
    features: named('features'),
    steps: named('steps'),
    models,
    live: live.filter(({ model }) => models.includes(model)),
  };
}

/** Steps that only judge a dataset: whoever waits for their verdict does not read it by that. */
function isJudging({ kind }: StepNode): boolean {
  return kind === 'dataset-checks' || kind === 'dataset-consumers' || kind === 'anomalies';
}

function readsStep({ inputs }: StepNode, step: string): boolean {
  return inputs.some((input) => input.from === 'step' && input.step === step);
}

/** These steps and everything that depends on them, in the order of the graph. */
function withDependents({ order, neededBy }: Graph, first: readonly StepName[]): readonly StepName[] {
  const found = new Set(first);
  for (const step of order) if (found.has(step)) for (const dependent of neededBy.get(step) ?? []) found.add(dependent);
  return order.filter((name) => found.has(name));
}

/** By this home's own history of an environment, or else by the one that is shared. */
async function liveServices({ state, store, name, config, elsewhere }: Project): Promise<readonly LiveService[]> {
  const own = deploymentHistory(state, name);
  const absent = Object.keys(config.environments).filter((one) => !own.some(({ environment }) => environment === one));
  const shared = await Promise.all(absent.map(elsewhere));
  const places = Map.groupBy([...own, ...shared.flat()], ({ environment, service }) => `${environment}/${service}`);
  const found: LiveService[] = [];
  for (const lines of places.values()) {
    const line = liveAfter(lines);
    if (line === null || line.release === null) continue;
    const manifest = await readRelease(store, line.release).catch(() => null);
    if (manifest !== null) found.push({ service: line.service, environment: line.environment, model: manifest.model.name });
  }
  return found;
}
