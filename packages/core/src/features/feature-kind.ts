import { dirname, join } from 'node:path';
import type { Artifact, DatasetVersion, Digest, FeatureSetRecord, Json } from '@tidegate/formats';
import { readVersion } from '../data/index.ts';
import { inputOf, type StepContext, type StepKind, type StepResult, textOfInput } from '../pipeline/index.ts';
import { mkdir } from '../platform/index.ts';
import { computeSets, type ComputedSets } from './compute-sets.ts';
import type { ServiceDefinition, Split } from './definitions.ts';
import { leakEvidence } from './leak-evidence.ts';
import { meaningOf, serviceFrom, storeDefinitions } from './meaning.ts';
import type { SqlSource } from './sql-source.ts';

export interface FeatureKindDeps {
  /** Every dataset of the project, for messages about names that are none. */
  readonly datasets: readonly string[];
}

/** Makes feature sets: outputs `train`, `test` (Parquet), `record` (FeatureSetRecord) and `definitions` (the service's meaning). */
export function featureKind({ datasets }: FeatureKindDeps): StepKind {
  return { kind: 'features', version: 1, run: (context) => run(context, datasets) };
}

interface Settings {
  readonly service: string;
  readonly definition: Json;
  readonly split: Split;
  readonly slices: readonly string[];
}

async function run(context: StepContext, known: readonly string[]): Promise<StepResult> {
  const { service: name, split, slices } = context.node.settings as unknown as Settings;
  const definition = await definitionOf(context);
  const versions = await datasetVersions(context);
  const folder = await context.workspace();
  const [train, test] = [await placeOf(context, folder, 'train'), await placeOf(context, folder, 'test')];
  const sets = await computeSets({
    store: context.store,
    folder,
    name,
    definition,
    split,
    extra: slices,
    datasets: versions.map(({ version }) => version),
    known,
    train,
    test,
    signal: context.signal,
    progress: context.progress,
  });
  const record = recordOf(sets, definition, Object.fromEntries(versions.map(({ version, digest }) => [version.dataset, digest])));
  return {
    outputs: {
      train: file(await context.store.putFile(train)),
      test: file(await context.store.putFile(test)),
      record: file(await context.store.putJson(record)),
      definitions: file(await storeDefinitions(context.store, definition)),
    },
    evidence: leakEvidence(sets),
    facts: {
      train: sets.counts.train,
      test: sets.counts.test,
      labelMissing: sets.counts.leftOut.labelMissing,
      labelNotYetKnown: sets.counts.leftOut.labelNotYetKnown,
    },
  };
}

/** The definition as the node tells it, with the SQL as it was when the run began. */
async function definitionOf(context: StepContext): Promise<ServiceDefinition> {
  const { definition } = context.node.settings as unknown as Settings;
  const meaning = meaningOf(definition, context.node.name);
  return serviceFrom(meaning, await sqlOf(context, [meaning.rows, ...meaning.views.map((join) => join.view.sql)]));
}

/** Reads SQL files among the inputs; gives the function that finds one by its path. */
export async function sqlOf(
  context: Pick<StepContext, 'inputs' | 'store'>,
  paths: readonly string[],
): Promise<(path: string, what: string) => SqlSource> {
  const texts = new Map<string, string>();
  for (const path of new Set(paths)) texts.set(path, await textOfInput(context, inputOf(context, path)));
  return (path, what) => ({ sql: texts.get(path) ?? '', what, file: path });
}

/** The dataset versions among the inputs. */
export async function datasetVersions(
  context: Pick<StepContext, 'inputs' | 'store'>,
): Promise<readonly { readonly version: DatasetVersion; readonly digest: Digest }[]> {
  const inputs = context.inputs.filter(({ name }) => /^data\.[^/]+\/version$/.test(name));
  return Promise.all(
    inputs.map(async ({ artifact }) => ({ version: await readVersion(context.store, artifact), digest: artifact.digest })),
  );
}

async function placeOf(context: StepContext, folder: string, output: string): Promise<string> {
  const path = join(folder, context.node.outputs.find((candidate) => candidate.name === output)?.path ?? `${output}.parquet`);
  await mkdir(dirname(path), { recursive: true });
  return path;
}

function recordOf(sets: ComputedSets, definition: ServiceDefinition, datasets: FeatureSetRecord['datasets']): FeatureSetRecord {
  const { window, counts } = sets;
  return {
    format: 'tidegate.feature-set/1',
    service: sets.spec,
    id: definition.id,
    time: definition.time,
    train: { rows: counts.train, from: null, until: window.from },
    test: { rows: counts.test, from: window.from, until: window.until },
    leftOut: counts.leftOut,
    datasets,
    certificate: sets.certificate,
  };
}

function file({ digest, bytes }: { readonly digest: Digest; readonly bytes: number }): Artifact {
  return { kind: 'file', digest, bytes, files: 1 };
}
