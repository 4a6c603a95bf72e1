import { join } from 'node:path';
import { type Digest, type FeatureSetRecord, type ReleaseManifest, type Signature, TidegateError } from '@tidegate/formats';
import { type Engine, quoteText } from '@tidegate/runtime';
import type { StepContext } from '../pipeline/index.ts';
import { readRecord } from '../store/index.ts';
import type { Champion } from './champion.ts';
import type { Opponent } from './judge-champion.ts';
import type { ModelPython } from './model-python.ts';
import type { ChampionPredictions } from './predictions.ts';
import type { ScoredModel } from './robustness/score-corrupted.ts';
import type { ModelProgram } from './serving-process.ts';
import { whyNoRivals } from './rivals.ts';
import type { TestSet } from './test-set.ts';

/**
 * Computes the champion's own test set: its feature definitions over the dataset versions and the row times of the candidate's set.
 * @returns path of a Parquet file with the id column of the candidate's set
 */
export type ChampionTestSet = (request: {
  /** Digest of the champion's feature definitions, an object of the store. */
  readonly definitions: Digest;
  /** The champion's model version. */
  readonly modelVersion: Digest;
  /** The candidate's. */
  readonly candidate: FeatureSetRecord;
  readonly context: StepContext;
}) => Promise<string>;

/**
 * Computes the candidate's own test set as if its features had not been refreshed for a while: of each view what there was that long before the time
 * of the row, without what has expired by then.
 *
 * @returns path of a Parquet file with the id column of the candidate's set
 */
export type StaleTestSet = (request: {
  readonly candidate: FeatureSetRecord;
  readonly staleMs: number;
  readonly context: StepContext;
}) => Promise<string>;

export interface ChampionScoring {
  readonly context: StepContext;
  readonly engine: Engine;
  readonly program: ModelProgram;
  readonly python: ModelPython;
  readonly championTestSet: ChampionTestSet;
  readonly testSet: TestSet;
  /** Of the candidate. */
  readonly signature: Signature;
}

export interface ScoredChampion {
  readonly opponent: Opponent;
  /** The model itself where it takes the candidate's rows as they are, so that it can be asked about others made of them. Null otherwise. */
  readonly sameRows: ScoredModel | null;
  /** Null when it could not be scored. */
  readonly predictions: ChampionPredictions | null;
}

/** Runs the champion's own model on the rows of the candidate. That it cannot be done is a finding of the gate and no error. */
export async function scoreChampion({ release, manifest }: Champion, scoring: ChampionScoring): Promise<ScoredChampion> {
  const unusable = (reason: string): ScoredChampion => ({
    opponent: { kind: 'unusable', release, reason },
    sameRows: null,
    predictions: null,
  });
  const reason = whyNoRivals(manifest.model.signature, scoring.signature);
  if (reason !== null) return unusable(reason);
  try {
    const { model, ...scored } = await score(manifest, scoring);
    const predictions = { ...scored, trainingSet: await trainingSetOf(manifest, scoring) };
    const unmatched = await whatCannotBeMatched(predictions, scoring);
    if (unmatched !== null) return unusable(unmatched);
    const trainedOnKnown = predictions.trainingSet !== null;
    return {
      opponent: { kind: 'scored', release, modelVersion: manifest.model.version, trainedOnKnown },
      sameRows: scored.ownSet === null ? model : null,
      predictions,
    };
  } catch (error) {
    scoring.context.signal.throwIfAborted();
    if (!(error instanceof TidegateError)) throw error;
    return unusable(`The champion cannot be scored on these rows: ${error.diagnostics[0].message}`);
  }
}

async function score(
  manifest: ReleaseManifest,
  scoring: ChampionScoring,
): Promise<Pick<ChampionPredictions, 'output' | 'ownSet'> & { readonly model: ScoredModel }> {
  const { context, program, python, testSet } = scoring;
  const { artifact, file, flavor, signature } = manifest.model;
  const folder = join(await context.workspace(), 'champion');
  const path = join(folder, file);
  await context.store.checkOut(artifact, path);
  const model = { path, flavor, python: flavor === 'onnx' ? null : await python.executable(manifest.python, folder) };
  const ownSet = await ownSetOf(manifest, scoring);
  const output = join(folder, 'predictions.parquet');
  await program.score(model, { signature, input: ownSet ?? testSet.path, output });
  return { output, ownSet, model: { runnable: model, signature } };
}

/** Null when the champion reads the same columns by the same definitions, or is no model of features. */
async function ownSetOf(manifest: ReleaseManifest, { context, testSet, championTestSet }: ChampionScoring): Promise<string | null> {
  const { features } = testSet;
  const definitions = manifest.definitions ?? manifest.features?.version ?? null;
  if (features === null || definitions === null || manifest.features?.version === features.service.version) return null;
  context.progress("computing the champion's own features", null);
  return championTestSet({ definitions, modelVersion: manifest.model.version, candidate: features, context });
}

/** SELECT of the rows it was trained on; null when its version does not say. @throws TG-STORE-OBJECT-MISSING when they are no longer kept */
async function trainingSetOf({ model }: ReleaseManifest, { context, testSet }: ChampionScoring): Promise<string | null> {
  const { trainedOn } = await readRecord(context.store, 'tidegate.model-version/1', model.version);
  return trainedOn === null ? null : testSet.trainingSet(trainedOn);
}

/** Rows are matched by their identity, so each set must have what that is made of. */
async function whatCannotBeMatched(
  { ownSet, trainingSet }: ChampionPredictions,
  { engine, testSet }: ChampionScoring,
): Promise<string | null> {
  const hasIdentity = (rows: string): Promise<boolean> =>
    engine.describe(`SELECT ${testSet.identity} FROM (${rows}) t`).then(
      () => true,
      () => false,
    );
  const by = testSet.id === null ? 'columns' : `id "${testSet.id}"`;
  if (ownSet !== null && !(await hasIdentity(`SELECT * FROM read_parquet(${quoteText(ownSet)})`)))
    return `The champion's own test set cannot be matched with these rows: it does not have their ${by}`;
  if (trainingSet !== null && !(await hasIdentity(trainingSet)))
    return `Which of these rows the champion was trained on cannot be told: its training set does not have their ${by}`;
  return null;
}
