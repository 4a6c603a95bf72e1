import { type Digest, digest, failure, type ModelVersion, type RunId, runId, storedRecord } from '@tidegate/formats';
import type { State } from '../store/index.ts';

/** A model version as the registry has it. */
export interface RegisteredModel {
  readonly digest: Digest;
  readonly project: string;
  readonly run: RunId;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  readonly version: ModelVersion;
}

/** Notes a model version; one that is known keeps the run and time of its first registration. */
export function recordModelVersion(state: State, model: RegisteredModel): void {
  state.commit(() =>
    state
      .prepare(
        'INSERT INTO model_version (digest, project, model, run, record, made_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING',
      )
      .run(model.digest, model.project, model.version.model, model.run, JSON.stringify(model.version), model.madeAt),
  );
}

/** Whether a home knows a model version. */
export function isRegistered(state: State, version: Digest): boolean {
  return state.prepare('SELECT 1 FROM model_version WHERE digest = ?').get(version) !== undefined;
}

/** The model versions of a project, newest first; of one model when it is named. */
export function listModelVersions(state: State, project: string, model: string | null = null): readonly RegisteredModel[] {
  return state
    .prepare('SELECT * FROM model_version WHERE project = ? AND (? IS NULL OR model = ?) ORDER BY made_at DESC, digest')
    .all(project, model, model)
    .map(registeredOf);
}

/** @throws TG-MODELS-UNKNOWN when the project has no such version */
export function modelVersion(state: State, project: string, version: Digest): RegisteredModel {
  const row = state.prepare('SELECT * FROM model_version WHERE digest = ? AND project = ?').get(version, project);
  if (row !== undefined) return registeredOf(row);
  throw failure(
    'TG-MODELS-UNKNOWN',
    `Cannot find the model version "${version}": this project has none of that digest`,
    'Run "tidegate models" for the versions',
  );
}

type Column = null | number | bigint | string | Uint8Array;

function registeredOf(row: { readonly [column: string]: Column }): RegisteredModel {
  return {
    digest: digest(String(row['digest'])),
    project: String(row['project']),
    run: runId(String(row['run'])),
    madeAt: String(row['made_at']),
    version: storedRecord('tidegate.model-version/1', JSON.parse(String(row['record'])), String(row['digest'])),
  };
}
