import { type Artifact, type Digest, digest, type KeyRecord, type ModelThatSaw, TidegateError } from '@tidegate/formats';
import { deploymentHistory, liveAfter } from '../../deploy/index.ts';
import { listModelVersions } from '../../models/index.ts';
import { readRelease } from '../../packaging/index.ts';
import { readKeyRecord } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { listRuns } from '../run/runs.ts';

/** A result of a step that read what had the rows, itself or by way of others. */
export interface MadeFromRows {
  readonly key: Digest;
  readonly step: string;
  readonly outputs: { readonly [output: string]: Artifact };
  /** Files that went in from the project, by path. */
  readonly files: { readonly [path: string]: Digest };
  /** Where outputs lie in the tree. */
  readonly places: readonly string[];
}

export interface WhatSaw {
  /** The results of the dataset's own step, and of all that depend on them. */
  readonly made: readonly MadeFromRows[];
  readonly models: readonly ModelThatSaw[];
}

interface Made {
  readonly key: Digest;
  readonly step: string;
  readonly outputs: { readonly [output: string]: Artifact };
}

export interface RowsToFollow {
  readonly dataset: string;
  /** Versions and tables that are not to be read any more. */
  readonly replaced: ReadonlySet<Digest>;
  /** Those of them that showed such rows to whoever read them. */
  readonly shown: ReadonlySet<Digest>;
  /** Whether one side of a holdout has such a row: the other one showed none. */
  readonly holdsRows: (tree: Digest) => Promise<boolean>;
}

/**
 * Follows artifacts from the versions of a dataset that had the rows: by the results that are kept and by the records of runs, each with the record of its key.
 */
export async function whatSaw(project: Project, { dataset, replaced, shown, holdsRows }: RowsToFollow): Promise<WhatSaw> {
  const all = await withRecords(project, everMade(project));
  const tainted = new Set<Digest>(shown);
  const made = new Map<Digest, MadeFromRows>();
  const take = (one: MadeWithRecord): void => {
    made.set(one.key, { ...one, files: filesOf(one.record), places: Object.values(one.record.outputs).filter((path) => path !== null) });
  };
  for (const one of all.filter(({ step }) => step === `data.${dataset}`)) {
    const version = one.outputs['version']?.digest ?? one.key;
    if (!replaced.has(version)) continue;
    take(one);
    if (!shown.has(version)) continue;
    for (const side of [one.outputs['train'], one.outputs['test']])
      if (side !== undefined && (await holdsRows(side.digest))) tainted.add(side.digest);
  }
  for (let before = -1; before !== made.size;) {
    before = made.size;
    for (const one of all) {
      if (made.has(one.key) || !artifactsOf(one.record).some((input) => tainted.has(input))) continue;
      take(one);
      for (const { digest: output, stable } of Object.values(one.outputs))
        for (const found of [output, stable?.digest]) if (found !== undefined) tainted.add(found);
    }
  }
  return { made: [...made.values()], models: await modelsThatSaw(project, [...made.values()], tainted) };
}

type MadeWithRecord = Made & { readonly record: KeyRecord };

/** Results that are in the cache, and those that runs have had, each once. */
function everMade(project: Project): readonly Made[] {
  const made = new Map<string, Made>();
  for (const row of project.state.prepare('SELECT key, step, record FROM result WHERE project = ?').all(project.name)) {
    const { outputs } = JSON.parse(String(row['record'])) as Pick<Made, 'outputs'>;
    made.set(String(row['key']), { key: digest(String(row['key'])), step: String(row['step']), outputs });
  }
  for (const { steps } of listRuns(project))
    for (const { key, step, outputs } of steps) if (key !== null && !made.has(key)) made.set(key, { key, step, outputs });
  return [...made.values()];
}

async function withRecords({ objects }: Project, all: readonly Made[]): Promise<readonly MadeWithRecord[]> {
  const found: MadeWithRecord[] = [];
  for (const one of all) {
    const record = await readKeyRecord(objects, one.key).catch((error: unknown) => {
      if (error instanceof TidegateError) return null; // garbage collection has taken it
      throw error;
    });
    if (record !== null) found.push({ ...one, record });
  }
  return found;
}

/** `features.delay/train`: an output of another step. */
const artifactForm = /^(?:data|features|steps|models|services|tests)\.[^/]+\/[A-Za-z0-9_-]+$/;

function artifactsOf({ inputs }: KeyRecord): readonly Digest[] {
  return Object.entries(inputs).flatMap(([name, input]) => (artifactForm.test(name) ? [input] : []));
}

function filesOf({ inputs }: KeyRecord): { readonly [path: string]: Digest } {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !artifactForm.test(name)));
}

async function modelsThatSaw(
  project: Project,
  made: readonly MadeFromRows[],
  tainted: ReadonlySet<Digest>,
): Promise<readonly ModelThatSaw[]> {
  const keys = new Set(made.map(({ key }) => key));
  const judged = new Set(made.flatMap(({ step, outputs }) => (step.startsWith('models.') ? [outputs['version']?.digest] : [])));
  const live = await liveModels(project);
  const found: ModelThatSaw[] = [];
  for (const { digest: version, version: model } of listModelVersions(project.state, project.name)) {
    const isTrained = keys.has(model.trainedBy) || (model.trainedOn !== null && tainted.has(model.trainedOn));
    if (isTrained || judged.has(version))
      found.push({ model: model.model, version, as: isTrained ? 'trained' : 'evaluated', live: live.get(version) ?? [] });
  }
  return found;
}

/** Where model versions are live, by version. */
async function liveModels({ state, store, name }: Project): Promise<ReadonlyMap<Digest, readonly string[]>> {
  const places = Map.groupBy(deploymentHistory(state, name), ({ environment, service }) => `${environment}/${service}`);
  const found = new Map<Digest, readonly string[]>();
  for (const lines of places.values()) {
    const line = liveAfter(lines);
    if (line === null || line.release === null) continue;
    const manifest = await readRelease(store, line.release).catch(() => null);
    if (manifest !== null) found.set(manifest.model.version, [...(found.get(manifest.model.version) ?? []), line.environment]);
  }
  return found;
}
