import {
  type Digest,
  type DriftReference,
  digest,
  type Evaluation,
  type FeatureColumn,
  invariant,
  type ModelVersion,
  type ReconstructionReference,
  type ReferenceColumn,
  type ReferenceWindows,
} from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import {
  binning,
  fitReconstruction,
  halfColumn,
  mostJointRows,
  referenceColumn,
  sampleRows,
  usualDistances,
  valueSql,
  windowColumn,
} from '../../data/index.ts';
import { type TrainingSet, trainingSetOf } from '../../models/index.ts';
import { type ObjectStore, readRecord, type State } from '../../store/index.ts';

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
 * The reference profile of a model version, as its run made it: read from the store, so that the training set is not needed. Where none was made for this length of windows, as of models from before
 * runs made them, it is made now, as long as the training set is kept.
 *
 * @returns null when it is not known what the model was trained on, or that is no longer kept
 */
export async function driftReference(sources: ReferenceSources, model: ReferencedModel, windowMs: number): Promise<DriftReference | null> {
  const stored = await storedReference(sources, model);
  const fitting = stored === null ? null : inWindows(stored, windowMs);
  if (fitting !== null) return fitting;
  const training = await trainingSetOf(sources, model.version);
  if (training === null) return stored;
  const made = await makeReference(sources, model, { training, windowMs });
  const { sample, windows } = stored ?? {};
  const reference = { ...made, ...(sample !== undefined && { sample }), ...(windows !== undefined && { windows }) };
  await noteReference(sources, reference);
  return reference;
}

/** The reference with what is usual in windows of this length; null when it does not know that. */
function inWindows(reference: DriftReference, windowMs: number): DriftReference | null {
  if (reference.windowMs === windowMs) return reference;
  const own = reference.windows?.find((one) => one.windowMs === windowMs);
  if (own === undefined) return null;
  const columns = reference.columns.map((column): ReferenceColumn => {
    const found = own.columns.find((one) => one.column === column.column && one.role === column.role);
    return { ...column, usual: found?.usual ?? null, usualMissing: found?.usualMissing ?? null };
  });
  return { ...reference, windowMs, columns };
}

/** Keeps a reference as that of its model version, where {@link driftReference} finds it. */
export async function noteReference({ state, store }: Pick<ReferenceSources, 'state' | 'store'>, reference: DriftReference): Promise<void> {
  const { digest: kept } = await store.putJson(reference);
  state.note(() =>
    state.prepare('INSERT OR REPLACE INTO drift_reference (model_version, digest) VALUES (?, ?)').run(reference.modelVersion, kept),
  );
}

async function storedReference({ state, store }: ReferenceSources, model: ReferencedModel): Promise<DriftReference | null> {
  const known = state.prepare('SELECT digest FROM drift_reference WHERE model_version = ?').get(model.digest);
  if (known === undefined) return null;
  const stored = digest(String(known['digest']));
  return (await store.has(stored)) ? readRecord(store, 'tidegate.drift-reference/1', stored) : null;
}

interface ReferenceRequest {
  /** What the model was trained on. */
  readonly training: TrainingSet;
  readonly windowMs: number;
  /** Further lengths of windows, in milliseconds, of which it is to know what is usual. Default: none. */
  readonly further?: readonly number[];
  /** Inputs that are not looked at. Default: none. */
  readonly personal?: readonly string[];
}

/**
 * Makes the reference profile of a model. Inputs are counted in the set that the model was trained on; predictions in those of the gate's test set, for a model is
 * too sure of rows that it has learned from.
 */
export async function makeReference(
  sources: Omit<ReferenceSources, 'state'>,
  model: ReferencedModel,
  { training, windowMs, further = [], personal = [] }: ReferenceRequest,
): Promise<DriftReference> {
  const { store, engine } = sources;
  const { signature } = model.version;
  const trained: TimedRows = { sql: training.sql, time: training.time };
  await viewInHalves(engine, 'training', { ...trained, windowMs });
  const counted = (await inputsIn(engine, training, signature.inputs)).filter(
    ({ name, type }) => binning(type) !== null && !personal.includes(name),
  );
  const columns: ReferenceColumn[] = [];
  for (const input of counted) columns.push(await columnOf(engine, 'training', { ...input, role: 'input' }));
  const predictions = model.evaluation?.replay.predictions ?? null;
  const areKept = predictions !== null && (await store.has(predictions));
  const tested = areKept ? await testedRows(sources, model, training) : null;
  if (tested !== null) {
    await viewInHalves(engine, 'tested', { ...tested, windowMs });
    columns.push(await columnOf(engine, 'tested', { ...predictionColumn(signature.task), role: 'prediction' }));
  }
  return {
    format: 'tidegate.drift-reference/1',
    modelVersion: model.digest,
    trainedOn: training.digest,
    predictions: areKept ? predictions : null,
    windowMs,
    columns,
    ...(further.length > 0 && { windows: await furtherWindows(engine, { trained, tested, columns, further }) }),
    reconstruction: await reconstructionOf(engine, training, counted),
  };
}

interface WindowedRows {
  readonly trained: TimedRows;
  readonly tested: TimedRows | null;
  readonly columns: readonly ReferenceColumn[];
  readonly further: readonly number[];
}

/** Looks at the same rows in windows of other lengths. Where rows have no times there are none. */
async function furtherWindows(engine: Engine, { trained, tested, columns, further }: WindowedRows): Promise<readonly ReferenceWindows[]> {
  const found: ReferenceWindows[] = [];
  for (const windowMs of trained.time === null ? [] : further) {
    await viewInHalves(engine, 'training', { ...trained, windowMs });
    if (tested !== null) await viewInHalves(engine, 'tested', { ...tested, windowMs });
    const own: ReferenceWindows['columns'][number][] = [];
    for (const reference of columns) {
      const { column, role, type } = reference;
      const table = role === 'input' ? 'training' : 'tested';
      own.push({ column, role, ...(await usualDistances(engine, { table, value: valueSql(column, { type }) }, reference)) });
    }
    found.push({ windowMs, columns: own });
  }
  return found;
}

/** The inputs that a set of rows has. */
export async function inputsIn(
  engine: Engine,
  { sql }: Pick<TrainingSet, 'sql'>,
  inputs: readonly FeatureColumn[],
): Promise<readonly FeatureColumn[]> {
  const has = new Set((await engine.describe(sql)).map(({ name }) => name));
  return inputs.filter(({ name }) => has.has(name));
}

/** What the inputs have in common, of a sample of the training set. */
async function reconstructionOf(
  engine: Engine,
  { sql }: TrainingSet,
  inputs: readonly FeatureColumn[],
): Promise<ReconstructionReference | null> {
  const values = inputs.map((input) => `${valueSql(input.name, input)} AS ${quoteName(input.name)}`);
  if (values.length < 2) return null;
  const sample = await sampleRows(engine, { sql: `SELECT ${values.join(', ')} FROM (${sql})`, columns: inputs, most: mostJointRows });
  return fitReconstruction(sample, 1);
}

async function columnOf(
  engine: Engine,
  table: string,
  column: FeatureColumn & { readonly role: ReferenceColumn['role'] },
): Promise<ReferenceColumn> {
  const source = { table, value: valueSql(column.name, column) };
  const reference = await referenceColumn(engine, source, column);
  return { ...reference, ...(await usualDistances(engine, source, reference)) };
}

interface TimedRows {
  readonly sql: string;
  /** Column with the moment of a row; null when there is none. */
  readonly time: string | null;
}

/** The predictions of the test set, with the moments of its rows where it is one of features: those have the columns of the training set. */
async function testedRows(
  { store }: Pick<ReferenceSources, 'store'>,
  { evaluation }: ReferencedModel,
  { kind, time }: TrainingSet,
): Promise<TimedRows> {
  invariant(evaluation !== null, 'predictions are kept by an evaluation');
  const { replay, testSet } = evaluation;
  const predictions = `read_parquet(${quoteText(await store.pathOf(replay.predictions))})`;
  // of several labels, how many there are is what is watched, as in the log
  const counted = evaluation.task === 'multilabel' ? ' REPLACE (len(prediction) AS prediction)' : '';
  if (kind !== 'features' || time === null || !(await store.has(testSet)))
    return { sql: `SELECT *${counted} FROM ${predictions}`, time: null };
  const rows = `read_parquet(${quoteText(await store.pathOf(testSet))}, file_row_number = true)`;
  return {
    sql: `SELECT p.*${counted}, t.${quoteName(time)} AS moment FROM ${predictions} p JOIN ${rows} t ON p.row = t.file_row_number`,
    time: 'moment',
  };
}

/** Two classes: the probability of the second; several: the class; several labels: how many; regression: the value. */
function predictionColumn(task: ModelVersion['signature']['task']): FeatureColumn {
  return { name: 'prediction', type: task === 'multiclass' ? 'string' : 'number' };
}

/** Windows of the reference that are looked at. */
const mostWindows = 2000;

/**
 * Every second row is in the other half, so that both have rows of all times; windows follow each other from the first row on, and the
 * last that is not whole is none. A view, of which each column is read when it is counted.
 */
async function viewInHalves(
  engine: Engine,
  name: string,
  { sql, time, windowMs }: TimedRows & { readonly windowMs: number },
): Promise<void> {
  const half = `(row_number() OVER () % 2)::INT AS ${quoteName(halfColumn)}`;
  let window = 'NULL::INT';
  if (time !== null) {
    const moment = `epoch_ms(TRY_CAST(${quoteName(time)} AS TIMESTAMP))`;
    const [span = {}] = await engine.rows(`SELECT min(${moment}) AS first, max(${moment}) AS last FROM (${sql})`);
    const [first, last] = [Number(span['first']), Number(span['last'])];
    const windows = Math.floor((last - first) / windowMs);
    const number = `((${moment} - ${first}) // ${windowMs})`;
    // of very many short windows some are enough to know what is usual
    const step = Math.max(1, Math.ceil(windows / mostWindows));
    if (Number.isFinite(windows)) window = `CASE WHEN ${number} < ${windows} AND ${number} % ${step} = 0 THEN ${number} END`;
  }
  await engine.run(`CREATE OR REPLACE TEMP VIEW ${name} AS SELECT *, ${half}, ${window} AS ${quoteName(windowColumn)} FROM (${sql})`);
}
