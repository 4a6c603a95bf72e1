import { type Json, recordJson, stepName } from '@tidegate/formats';
import type { ProjectConfig } from '../config/index.ts';
import type { StepInput, StepNode } from '../pipeline/index.ts';
import type { FeatureDefinitions, ServiceDefinition } from './definitions.ts';
import { describeService, describeView } from './meaning.ts';
import type { SqlSource } from './sql-source.ts';
import { namesIn } from './sql-text.ts';

/**
 * The steps that make feature sets: `features.SERVICE` for each service. A step's key holds the meaning of the definitions and
 * the SQL files, not the YAML: moving a comment there makes nothing anew.
 */
export function featureNodes(config: ProjectConfig, definitions: FeatureDefinitions | null): readonly StepNode[] {
  return Object.entries(definitions?.services ?? {}).map(([name, service]) => ({
    name: stepName(`features.${name}`),
    kind: 'features',
    inputs: inputsOf(sourcesOf(service), Object.keys(config.data), ['version', 'files']),
    outputs: [
      { name: 'train', path: `build/features/${name}/train.parquet`, publish: true },
      { name: 'test', path: `build/features/${name}/test.parquet`, publish: true },
      { name: 'record', path: null, publish: false },
      { name: 'definitions', path: null, publish: false },
    ],
    settings: {
      service: name,
      definition: recordJson(describeService(service, fileOf)),
      split: recordJson(definitions?.splits[name] ?? null),
      slices: slicesOf(config, name),
    },
    variables: {},
    cpus: 2,
  }));
}

/** The steps that run golden cases: `tests.NAME` for each suite of kind `features`. They read every definition, for a case may name any, and of the datasets what their rows look like. */
export function featureCaseNodes(config: ProjectConfig, definitions: FeatureDefinitions | null): readonly StepNode[] {
  return Object.entries(config.tests).flatMap(([name, test]) => {
    if (test.kind !== 'features' || definitions === null) return [];
    const { views, services } = definitions;
    const sources = [...Object.values(views).map((view) => view.source), ...Object.values(services).map((service) => service.rows)];
    return [
      {
        name: stepName(`tests.${name}`),
        kind: 'feature-cases',
        inputs: [
          ...inputsOf(sources, Object.keys(config.data), ['schema']),
          ...test.cases.map((pattern) => ({ from: 'project', pattern, required: true }) as const),
        ],
        outputs: [{ name: 'report', path: null, publish: false }],
        settings: {
          views: mapValues(views, (view) => describeView(view, fileOf)),
          services: mapValues(services, (service) => describeService(service, fileOf)),
        },
        variables: {},
        cpus: 1,
      },
    ];
  });
}

function mapValues<T>(named: { readonly [name: string]: T }, turn: (value: T) => unknown): Json {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, turn(value) as Json]));
}

/** SQL files, and of the datasets they may read these outputs. */
function inputsOf(sources: readonly SqlSource[], datasets: readonly string[], outputs: readonly string[]): readonly StepInput[] {
  const files = [...new Set(sources.map(fileOf))].map((pattern) => ({ from: 'project', pattern, required: true }) as const);
  return [
    ...files,
    ...namedIn(sources, datasets).flatMap((name) =>
      outputs.map((output) => ({ from: 'step', step: stepName(`data.${name}`), output, place: null }) as const),
    ),
  ];
}

/** Those of the datasets that the SQL of a service names. */
export function datasetsNamedBy(service: ServiceDefinition, datasets: readonly string[]): readonly string[] {
  return namedIn(sourcesOf(service), datasets);
}

function namedIn(sources: readonly SqlSource[], datasets: readonly string[]): readonly string[] {
  const mentioned = new Set(sources.flatMap((source) => [...namesIn(source.sql)]));
  return datasets.filter((name) => mentioned.has(name.toLowerCase()));
}

function sourcesOf(service: ServiceDefinition): readonly SqlSource[] {
  return [service.rows, ...service.views.map((join) => join.view.source)];
}

/** @throws Error (a bug) for SQL out of the store: it belongs to no step of the project */
function fileOf({ file, what }: SqlSource): string {
  if (file === null) throw new Error(`Cannot tell the file of ${what}; please report this`);
  return file;
}

/** Columns by which models that are evaluated on the service are sliced. */
function slicesOf(config: ProjectConfig, service: string): readonly string[] {
  const models = Object.values(config.models).filter(({ evaluate }) => evaluate.on.kind === 'features' && evaluate.on.service === service);
  return [...new Set(models.flatMap((model) => model.evaluate.slices))].sort();
}
