import { join } from 'node:path';
import { type Digest, failure, type FeatureColumn, type FeatureSetRecord, nearest } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { datasetSql, readVersion } from '../data/index.ts';
import { inputOf, type StepContext } from '../pipeline/index.ts';
import { readRecord } from '../store/index.ts';
import type { EvaluateSettings } from './evaluate-settings.ts';
import { personalOfDataset, personalOfFeatures } from './personal-inputs.ts';
import { sliceColumns } from './slice-columns.ts';

/** The rows a model is evaluated on. */
export interface TestSet {
  /** Digest of the artifact: a Parquet file or a tree. */
  readonly digest: Digest;
  /** One Parquet file with the rows. */
  readonly path: string;
  readonly columns: readonly string[];
  /** What a model may take, in order. */
  readonly available: readonly FeatureColumn[];
  /** The other columns: the label, ids, times and ignored ones. */
  readonly withheld: readonly string[];
  /** Column with the moment of a row; null when it has none. */
  readonly time: string | null;
  /** Column that identifies a row; null where rows are told apart by their content. */
  readonly id: string | null;
  /** SQL: identity of a row of a table called `t` as text, the same in training and test set. */
  readonly identity: string;
  /** Columns whose values are shown to nobody. */
  readonly personal: ReadonlySet<string>;
  /** SELECT of the rows of the set a model was trained on. @throws Error when they cannot be read as rows of this kind */
  readonly trainingSet: (digest: Digest) => Promise<string>;
  /** Of the candidate; null when it does not read the training half of this set. */
  readonly trainedOn: Digest | null;
  /** Null for the held-out rows of a dataset. */
  readonly features: FeatureSetRecord | null;
}

/** Brings the test set of a node of kind `evaluate` into one Parquet file. @throws TG-MODELS-COLUMN when one that `evaluate` names is no column of it */
export async function openTestSet(context: StepContext, settings: EvaluateSettings, engine: Engine): Promise<TestSet> {
  const { on } = settings.evaluate;
  const testSet =
    on.kind === 'features'
      ? await featureTestSet(context, settings, on.service)
      : await datasetTestSet(context, settings, { engine, dataset: on.dataset });
  for (const column of columnsNamedBy(settings.evaluate)) requireColumn(column, testSet.columns, settings.model);
  return testSet;
}

async function featureTestSet(context: StepContext, settings: EvaluateSettings, service: string): Promise<TestSet> {
  const { store } = context;
  const features = await readRecord(store, 'tidegate.feature-set/1', inputOf(context, `features.${service}/record`).artifact.digest);
  const { digest } = inputOf(context, `features.${service}/test`).artifact;
  const withheld = withheldFrom(settings, [features.id, features.time, features.service.label]);
  const { columns } = features.service;
  return {
    digest,
    path: await store.pathOf(digest),
    columns: [...new Set([features.id, features.time, features.service.label, ...columns.map(({ name }) => name)])],
    available: columns.filter(({ name }) => !withheld.includes(name)),
    withheld,
    time: features.time,
    id: features.id,
    identity: `CAST(t.${quoteName(features.id)} AS VARCHAR)`,
    personal: new Set([...(await personalOfFeatures(store, features)), ...settings.personal]),
    trainingSet: async (training) => `SELECT * FROM read_parquet(${quoteText(await store.pathOf(training))})`,
    trainedOn: digestOf(context, `features.${service}/train`),
    features,
  };
}

async function datasetTestSet(
  context: StepContext,
  settings: EvaluateSettings,
  { engine, dataset }: { readonly engine: Engine; readonly dataset: string },
): Promise<TestSet> {
  const { store } = context;
  const version = await readVersion(store, inputOf(context, `data.${dataset}/version`).artifact);
  const digest = digestOf(context, `data.${dataset}/test`) ?? inputOf(context, `data.${dataset}/files`).artifact.digest;
  const path = join(await context.workspace(), 'test.parquet');
  await engine.run(`COPY (${await datasetSql(store, version, digest)}) TO ${quoteText(path)} (FORMAT parquet)`);
  const withheld = withheldFrom(settings, version.time === null ? [] : [version.time]);
  const cells = version.columns.map(({ name }) => `${quoteText(name)}: t.${quoteName(name)}`);
  return {
    digest,
    path,
    columns: version.columns.map(({ name }) => name),
    available: version.columns.filter(({ name }) => !withheld.includes(name)).map(({ name, type }) => ({ name, type })),
    withheld,
    time: version.time,
    id: null,
    identity: `md5(CAST(to_json({${cells.join(', ')}}) AS VARCHAR))`,
    personal: new Set([...personalOfDataset(version), ...settings.personal]),
    trainingSet: (training) => datasetSql(store, version, training),
    trainedOn: digestOf(context, `data.${dataset}/train`),
    features: null,
  };
}

function columnsNamedBy({ label, slices, weight, cluster, query, forecast }: EvaluateSettings['evaluate']): readonly string[] {
  const named = [label, ...slices.flatMap(sliceColumns), weight, cluster, query, forecast?.time, ...(forecast?.series ?? [])];
  return named.filter((column) => column !== undefined);
}

function withheldFrom({ evaluate }: EvaluateSettings, others: readonly string[]): readonly string[] {
  const roles = [evaluate.weight, evaluate.query].filter((column) => column !== undefined);
  return [...new Set([evaluate.label, ...evaluate.ignore, ...roles, ...others])];
}

function digestOf(context: StepContext, input: string): Digest | null {
  return context.inputs.find((candidate) => candidate.name === input)?.artifact.digest ?? null;
}

function requireColumn(column: string, columns: readonly string[], model: string): void {
  if (columns.includes(column)) return;
  const near = nearest(column, columns);
  throw failure(
    'TG-MODELS-COLUMN',
    `Cannot evaluate the model "${model}": its test set has no column "${column}"`,
    near === null ? `Columns: ${columns.join(', ')}` : `Did you mean "${near}"?`,
  );
}
