import { type Artifact, type Digest, digest, type Evidence, type Json, type RunId, runId, type StepName } from '@tidegate/formats';
import type { State } from '../../store/index.ts';

/** What a step made, as it is kept under its key. */
export interface StoredResult {
  readonly key: Digest;
  /** The run that made it. */
  readonly run: RunId;
  readonly outputs: { readonly [output: string]: Artifact };
  readonly evidence: readonly Evidence[];
  readonly facts: { readonly [name: string]: Json };
  readonly durationMs: number;
  /** ISO 8601, UTC. */
  readonly recordedAt: string;
}

/** Which steps a result is remembered for. */
export interface ResultOwner {
  readonly project: string;
  readonly step: StepName;
}

const columns = 'key, run, record, duration_ms, recorded_at';

export function findResult(state: State, key: Digest): StoredResult | null {
  const row = state.prepare(`SELECT ${columns} FROM result WHERE key = ?`).get(key);
  return row === undefined ? null : resultOf(row);
}

/** The newest results of a step, newest first. */
export function newestResults(state: State, { project, step }: ResultOwner, limit: number): readonly StoredResult[] {
  return state
    .prepare(`SELECT ${columns} FROM result WHERE project = ? AND step = ? ORDER BY recorded_at DESC, key LIMIT ?`)
    .all(project, step, limit)
    .map(resultOf);
}

/**
 * Records a result; part of the caller's transaction, made when all objects of the result are durable.
 *
 * @param options.replace whether a result that is there already gives way (its objects are gone, or the user asked for it)
 * @returns the result that counts from now on: of two for one key, the first complete one
 */
export function recordResult(
  state: State,
  result: StoredResult,
  { project, step, replace }: ResultOwner & { readonly replace: boolean },
): StoredResult {
  const { key, run, outputs, evidence, facts, durationMs, recordedAt } = result;
  const written = state
    .prepare(`INSERT OR ${replace ? 'REPLACE' : 'IGNORE'} INTO result (project, step, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`)
    .run(project, step, key, run, JSON.stringify({ outputs, evidence, facts }), durationMs, recordedAt);
  return written.changes === 0 ? (findResult(state, key) ?? result) : result;
}

type Row = { readonly [column: string]: unknown };

/** Reads what {@link recordResult} wrote. */
function resultOf(row: Row): StoredResult {
  const record = JSON.parse(String(row['record'])) as Pick<StoredResult, 'outputs' | 'evidence' | 'facts'>;
  return {
    key: digest(String(row['key'])),
    run: runId(String(row['run'])),
    ...record,
    durationMs: Number(row['duration_ms']),
    recordedAt: String(row['recorded_at']),
  };
}
