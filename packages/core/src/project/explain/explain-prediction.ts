import { type Deployment, type Digest, digestOfHex, failure, type Json, type ReleaseManifest } from '@tidegate/formats';
import { type Cell, openEngine, predictionsQuery, type Row } from '@tidegate/runtime';
import { predictionLogFolder } from '../../deploy/index.ts';
import { lineage } from '../../models/index.ts';
import { readRelease } from '../../packaging/index.ts';
import { deploymentsOf } from '../deploy/environments.ts';
import type { Project } from '../project.ts';

/** Everything that made one answer. */
export interface ExplainedPrediction {
  readonly id: string;
  readonly environment: string;
  readonly service: string;
  /** ISO 8601, UTC: when it was answered, and the moment its features are of. */
  readonly answeredAt: string;
  readonly at: string;
  readonly prediction: Cell;
  readonly label: Cell;
  readonly probabilities: Cell;
  /** What the caller sent that is no input of the model: entity keys. A personal value is a keyed hash. */
  readonly fields: { readonly [name: string]: Cell };
  /** What the model was given. */
  readonly inputs: readonly LoggedInput[];
  readonly release: Digest;
  /** The line of the history that made the release live then; null when the history does not have it. */
  readonly deployment: Deployment | null;
  readonly model: { readonly name: string; readonly version: Digest; readonly artifact: Digest };
  /** Dataset versions that the model goes back to; null when its records are no longer kept. */
  readonly datasets: { readonly [dataset: string]: Digest } | null;
  /** Feature views by the name the service joins them under, with their versions. */
  readonly views: { readonly [view: string]: Digest };
  /** What to ask for the same answer: the release, and the body of `POST /v1/predict`. */
  readonly reproduce: { readonly release: Digest; readonly body: Json };
}

export interface LoggedInput {
  readonly name: string;
  readonly value: Cell;
  /** `sent` by the caller, or `looked up` in the online store. */
  readonly from: 'sent' | 'looked up';
  /** Of an input that had no value: why, e.g. `NOT_FOUND`; null otherwise. */
  readonly status: string | null;
}

const idForm = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Whether a name looks like a prediction id: a UUID of version 7. */
export function isPredictionId(name: string): boolean {
  return idForm.test(name);
}

/** Finds a prediction in the logs of the project's environments. @throws TG-CLI-NOT-FOUND */
export async function explainPrediction(project: Project, id: string): Promise<ExplainedPrediction> {
  const history = deploymentsOf(project);
  const places = new Map(history.map(({ environment, service }) => [`${environment}/${service}`, { environment, service }]));
  for (const { environment, service } of places.values()) {
    const row = await findRow(predictionLogFolder(project.home.deployments, { project: project.name, environment, service }), id);
    if (row !== null) return explained(project, row, { environment, service, history });
  }
  throw failure(
    'TG-CLI-NOT-FOUND',
    `Cannot explain prediction "${id}": no log of the project's environments has it`,
    'It may be older than "services.NAME.log.keep" keeps, outside of its sample, or less than a second old: docs/reference/formats/prediction-log.md',
  );
}

async function findRow(folder: string, id: string): Promise<Row | null> {
  const query = await predictionsQuery(folder);
  if (query === null) return null;
  using engine = await openEngine({ threads: 1 });
  const [row] = await engine.rows(`SELECT * FROM (${query}) WHERE id = $1`, [id]);
  return row ?? null;
}

interface Where {
  readonly environment: string;
  readonly service: string;
  readonly history: readonly Deployment[];
}

async function explained(project: Project, row: Row, { environment, service, history }: Where): Promise<ExplainedPrediction> {
  const release = digestOfHex(String(row['release']).replace('sha256:', ''));
  const manifest = await readRelease(project.store, release);
  const answeredAt = String(row['answered_at']);
  const fields = membersOf(row, 'field.');
  const inputs = inputsOf(row, manifest);
  const { name, version, artifact } = manifest.model;
  return {
    id: String(row['id']),
    environment,
    service,
    answeredAt,
    at: String(row['at']),
    prediction: row['prediction'] ?? null,
    label: row['label'] ?? null,
    probabilities: row['probabilities'] ?? null,
    fields,
    inputs,
    release,
    deployment: history.findLast((line) => isOf(line, { environment, service, release }) && line.at <= answeredAt) ?? null,
    model: { name, version, artifact },
    datasets: await lineage(project, version).then(
      (found) => found.datasets,
      () => null,
    ),
    views: Object.fromEntries((manifest.features?.views ?? []).map((view) => [view.name, view.version])),
    reproduce: { release, body: bodyOf(String(row['at']), fields, inputs) },
  };
}

function isOf(line: Deployment, wanted: Pick<Deployment, 'environment' | 'service' | 'release'>): boolean {
  return line.environment === wanted.environment && line.service === wanted.service && line.release === wanted.release;
}

function inputsOf(row: Row, { model, features }: ReleaseManifest): readonly LoggedInput[] {
  const sent = features === null ? null : new Set([...features.request, ...features.keys].map((field) => field.name));
  const absent = row['absent'];
  return model.signature.inputs.map(({ name }) => ({
    name,
    value: row[`input.${name}`] ?? null,
    from: sent === null || sent.has(name) ? 'sent' : 'looked up',
    status: statusOf(absent, name),
  }));
}

/** DuckDB gives a map as a list of its entries. */
function statusOf(absent: Cell | undefined, name: string): string | null {
  if (typeof absent !== 'object' || absent === null) return null;
  if (Array.isArray(absent)) {
    const entry = absent.find((one) => typeof one === 'object' && one !== null && 'key' in one && one.key === name);
    return typeof entry === 'object' && entry !== null && 'value' in entry ? String(entry.value) : null;
  }
  return name in absent ? String((absent as { readonly [name: string]: Cell })[name]) : null;
}

function membersOf(row: Row, prefix: string): { readonly [name: string]: Cell } {
  return Object.fromEntries(
    Object.entries(row).flatMap(([column, value]) => (column.startsWith(prefix) ? [[column.slice(prefix.length), value]] : [])),
  );
}

function bodyOf(at: string, fields: { readonly [name: string]: Cell }, inputs: readonly LoggedInput[]): Json {
  const sent = inputs.filter(({ from }) => from === 'sent').map(({ name, value }) => [name, value]);
  return { at, rows: [{ ...fields, ...Object.fromEntries(sent) }] };
}
