import {
  type Digest,
  type DriftReference,
  digest,
  type Evaluation,
  type FeatureColumn,
  type ModelVersion,
  type ReferenceColumn,
} from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { trainingSetOf } from '../../models/index.ts';
import { type ObjectStore, readRecord, type State } from '../../store/index.ts';
import { halfColumn } from './count-columns.ts';
import { valueSql } from './current-column.ts';
import { binning, referenceColumn } from './reference-column.ts';

export interface ReferenceSources {
  readonly state: State;
  readonly store: ObjectStore;
  readonly engine: Engine;
}

export interface ReferencedModel {
  readonly digest: Digest;
  readonly version: ModelVersion;
  /** Whose predictions of the test set are the reference of predictions; null when there is none. */
  readonly evaluation: Evaluation | null;
}

/**
 * The reference profile of a model version: made once, then read from the store, so that the training set is not needed again.
 * Inputs are counted in the set that the model was trained on; predictions in those of the gate's test set, for a model is too sure of
 * rows that it has learned from.
 *
 * @returns null when it is not known what the model was trained on, or that is no longer kept
 */
export async function driftReference(sources: ReferenceSources, model: ReferencedModel): Promise<DriftReference | null> {
  const { state, store } = sources;
  const known = state.prepare('SELECT digest FROM drift_reference WHERE model_version = ?').get(model.digest);
  if (known !== undefined) {
    const stored = digest(String(known['digest']));
    if (await store.has(stored)) return readRecord(store, 'tidegate.drift-reference/1', stored);
  }
  const reference = await makeReference(sources, model);
  if (reference === null) return null;
  const kept = await store.putJson(reference);
  state.note(() =>
    state.prepare('INSERT OR REPLACE INTO drift_reference (model_version, digest) VALUES (?, ?)').run(model.digest, kept.digest),
  );
  return reference;
}

async function makeReference({ state, store, engine }: ReferenceSources, model: ReferencedModel): Promise<DriftReference | null> {
  const training = await trainingSetOf({ state, store }, model.version);
  if (training === null) return null;
  const { signature } = model.version;
  await viewInHalves(engine, 'training', training.sql);
  const has = new Set((await engine.describe('SELECT * FROM training')).map(({ name }) => name));
  const columns: ReferenceColumn[] = [];
  for (const input of signature.inputs.filter(({ name, type }) => has.has(name) && binning(type) !== null))
    columns.push(await referenceColumn(engine, { table: 'training', value: valueSql(input.name, input) }, { ...input, role: 'input' }));
  const predictions = model.evaluation?.replay.predictions ?? null;
  const areKept = predictions !== null && (await store.has(predictions));
  if (areKept) {
    await viewInHalves(engine, 'tested', `SELECT * FROM read_parquet(${quoteText(await store.pathOf(predictions))})`);
    const prediction = predictionColumn(signature.task);
    columns.push(
      await referenceColumn(engine, { table: 'tested', value: valueSql('prediction', prediction) }, { ...prediction, role: 'prediction' }),
    );
  }
  return {
    format: 'tidegate.drift-reference/1',
    modelVersion: model.digest,
    trainedOn: training.digest,
    predictions: areKept ? predictions : null,
    columns,
  };
}

/** Two classes: the probability of the second; several: the class; regression: the value. */
function predictionColumn(task: ModelVersion['signature']['task']): FeatureColumn {
  return { name: 'prediction', type: task === 'multiclass' ? 'string' : 'number' };
}

/** Every second row is in the other half, so that both have rows of all times. A view, of which each column is read when it is counted. */
async function viewInHalves(engine: Engine, name: string, rows: string): Promise<void> {
  await engine.run(
    `CREATE OR REPLACE TEMP VIEW ${name} AS SELECT *, (row_number() OVER () % 2)::INT AS ${quoteName(halfColumn)} FROM (${rows})`,
  );
}
