import { join } from 'node:path';
import type { Artifact, DriftReference, ProfilePart } from '@tidegate/formats';
import { type Engine, type EngineOptions, openEngine, quoteName, quoteText } from '@tidegate/runtime';
import { drawColumn, scratchFolder } from '../../data/index.ts';
import { trainingSetOf } from '../../models/index.ts';
import { inputOf, type StepContext, type StepKind, type StepResult } from '../../pipeline/index.ts';
import { rm } from '../../platform/index.ts';
import { readRecord, type State } from '../../store/index.ts';
import { inputsIn, makeReference, type ReferencedModel } from '../drift/drift-reference.ts';
import { type ReferenceSettings, referenceSettings } from './reference-nodes.ts';
import { trainingProfile } from './training-profile.ts';
import { isSampled, keepTrainingSample } from './training-sample.ts';

const hourMs = 3_600_000;
/** How long the monitors that people write look back, so that no monitor has a say in the step: seven days by default. */
const usualWindowMs = 7 * 24 * hourMs;
const otherWindowsMs = [hourMs, 6 * hourMs, 24 * hourMs, 30 * 24 * hourMs];

export interface ReferenceDeps {
  /** Says which step made the set that a model was trained on. */
  readonly state: State;
  readonly openEngine?: (options: EngineOptions) => Promise<Engine>;
}

/**
 * Makes what drift of a model is judged against, while what it was trained on is at hand: output `reference` has counts by bin, `sample` some rows for what counts cannot tell, `profile` the profile part of the
 * inputs, which releases carry. It reads the training set once for each, and the predictions of the test set.
 */
export function referenceKind({ state, openEngine: open = openEngine }: ReferenceDeps): StepKind {
  return {
    kind: 'reference',
    version: 1,
    facts: async () => ({}),
    run: async (context) => {
      const settings = referenceSettings(context.node.settings);
      const folder = await scratchFolder();
      try {
        // one thread: halves are drawn by the place of a row, and the same rows are to give the same reference
        using engine = await open({ threads: 1, spill: join(folder, 'spill'), signal: context.signal });
        return await referenceResult(engine, { context, settings, state, folder });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

interface ReferenceWork {
  readonly context: StepContext;
  readonly settings: ReferenceSettings;
  readonly state: State;
  readonly folder: string;
}

async function referenceResult(engine: Engine, { context, settings, state, folder }: ReferenceWork): Promise<StepResult> {
  const { store } = context;
  const model = await modelOf(context, settings);
  context.progress('reading what the model was trained on', null);
  const training = await trainingSetOf({ state, store }, model.version);
  if (training === null)
    return resultOf(context, { reference: unknown(model), profile: noProfile, sample: await noSample(engine, context, folder) });
  const { personal, withheld } = settings;
  const made = await makeReference({ store, engine }, model, { training, windowMs: usualWindowMs, further: otherWindowsMs, personal });
  const inputs = (await inputsIn(engine, training, model.version.signature.inputs)).filter(({ name }) => !personal.includes(name));
  context.progress('keeping a sample', null);
  const { sample, artifact } = await keepTrainingSample(engine, { training, inputs: inputs.filter(isSampled), store, folder });
  context.signal.throwIfAborted();
  const shown = inputs.filter(({ name }) => !withheld.includes(name));
  const profile = shown.length === 0 ? noProfile : await trainingProfile(engine, training, shown);
  return resultOf(context, { reference: { ...made, sample }, profile, sample: artifact });
}

async function modelOf(context: StepContext, { model }: ReferenceSettings): Promise<ReferencedModel> {
  const { digest } = inputOf(context, `models.${model}/version`).artifact;
  const version = await readRecord(context.store, 'tidegate.model-version/1', digest);
  const evaluation = inputOf(context, `models.${model}/evaluation`).artifact.digest;
  return { digest, version, evaluation: await readRecord(context.store, 'tidegate.evaluation/1', evaluation) };
}

/** Of a model of which nobody knows what it was trained on. */
function unknown({ digest }: ReferencedModel): DriftReference {
  return {
    format: 'tidegate.drift-reference/1',
    modelVersion: digest,
    trainedOn: null,
    predictions: null,
    windowMs: usualWindowMs,
    columns: [],
  };
}

const noProfile: ProfilePart = { format: 'tidegate.profile-part/1', hash: '', rows: 0, columns: [] };

async function noSample(engine: Engine, { store }: StepContext, folder: string): Promise<Artifact> {
  const file = join(folder, 'sample.parquet');
  await engine.run(`COPY (SELECT 0::BIGINT AS ${quoteName(drawColumn)} WHERE false) TO ${quoteText(file)} (FORMAT parquet)`);
  return { kind: 'file', files: 1, ...(await store.putFile(file)) };
}

interface MadeReference {
  readonly reference: DriftReference;
  readonly profile: ProfilePart;
  readonly sample: Artifact;
}

async function resultOf({ store }: StepContext, { reference, profile, sample }: MadeReference): Promise<StepResult> {
  const put = async (record: unknown): Promise<Artifact> => ({ kind: 'file', files: 1, ...(await store.putJson(record)) });
  const outputs = { reference: await put(reference), profile: await put(profile), sample };
  return { outputs, evidence: [], facts: { rows: profile.rows, columns: profile.columns.length, bytes: outputs.profile.bytes } };
}
