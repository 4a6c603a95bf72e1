import type { Digest, Json, ModelVersion, StepName } from '@tidegate/formats';
import { type ObjectStore, readKeyRecord, readRecord, type State } from '../store/index.ts';
import { outcomeThatMade } from './result-of.ts';

/** Where a model version comes from: the step that trained it, and before it every step whose artifacts it read. */
export interface Lineage {
  readonly version: Digest;
  readonly model: ModelVersion;
  readonly trainedBy: LineageStep;
  /** Every dataset version that it goes back to, by dataset. */
  readonly datasets: { readonly [dataset: string]: Digest };
}

/** A step with everything that decided its result. */
export interface LineageStep {
  /** Qualified name. */
  readonly step: StepName;
  readonly key: Digest;
  readonly kind: string;
  /** Project files by path. */
  readonly files: { readonly [path: string]: Digest };
  readonly settings: { readonly [name: string]: Json };
  readonly variables: { readonly [name: string]: string };
  /** Interpreter, locked packages, platform. */
  readonly facts: { readonly [name: string]: Json };
  /** Artifacts of other steps, each with the step that made it; null when its result is no longer kept. */
  readonly inputs: readonly { readonly name: string; readonly digest: Digest; readonly madeBy: LineageStep | null }[];
}

/**
 * Follows a model version back through the key records of its steps. A step read by several is worked out once.
 *
 * @throws TG-STORE-OBJECT-MISSING when the model version or its training key is no longer kept
 */
export async function lineage(sources: { readonly state: State; readonly store: ObjectStore }, version: Digest): Promise<Lineage> {
  const model = await readRecord(sources.store, 'tidegate.model-version/1', version);
  const walk: Walk = { ...sources, steps: new Map(), datasets: new Map() };
  const trainedBy = await stepOf(walk, model.trainedBy);
  const datasets = [...walk.datasets].sort(([a], [b]) => (a < b ? -1 : 1));
  return { version, model, trainedBy, datasets: Object.fromEntries(datasets) };
}

interface Walk {
  readonly state: State;
  readonly store: ObjectStore;
  readonly steps: Map<Digest, Promise<LineageStep>>;
  readonly datasets: Map<string, Digest>;
}

function stepOf(walk: Walk, key: Digest): Promise<LineageStep> {
  const known = walk.steps.get(key);
  if (known !== undefined) return known;
  const found = readStep(walk, key);
  walk.steps.set(key, found);
  return found;
}

async function readStep(walk: Walk, key: Digest): Promise<LineageStep> {
  const record = await readKeyRecord(walk.store, key);
  const isArtifact = ([name]: readonly [string, Digest]): boolean => artifactForm.test(name);
  const inputs = Object.entries(record.inputs);
  return {
    step: record.step,
    key,
    kind: record.kind,
    files: Object.fromEntries(inputs.filter((input) => !isArtifact(input))),
    settings: record.settings,
    variables: record.variables,
    facts: record.facts,
    inputs: await Promise.all(inputs.filter(isArtifact).map(([name, digest]) => inputOf(walk, name, digest))),
  };
}

/** `features.delay/train`: a path of the project may look so too, but then no step has made it. */
const artifactForm = /^((?:data|features|steps|models|services|tests)\.[A-Za-z0-9][A-Za-z0-9_-]*)\/([A-Za-z0-9_-]+)$/;

async function inputOf(walk: Walk, name: string, digest: Digest): Promise<LineageStep['inputs'][number]> {
  const [, step = '', output = ''] = artifactForm.exec(name) ?? [];
  const outcome = outcomeThatMade(walk.state, { step, output, digest });
  if (outcome === null) return { name, digest, madeBy: null };
  noteDataset(walk, step, outcome.outputs['version']?.digest);
  const isKept = await walk.store.has(outcome.key);
  return { name, digest, madeBy: isKept ? await stepOf(walk, outcome.key) : null };
}

function noteDataset({ datasets }: Walk, step: string, version: Digest | undefined): void {
  if (step.startsWith('data.') && version !== undefined) datasets.set(step.slice('data.'.length), version);
}
