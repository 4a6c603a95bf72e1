import {
  type Artifact,
  type Digest,
  digest,
  type Evidence,
  isZone,
  type Json,
  mayRead,
  type ResultOrigin,
  type RunId,
  runId,
  type StepName,
  type TakenFrom,
  type Zone,
} from '@tidegate/formats';
import type { State } from '../../store/index.ts';

/** What a step made, as it is kept under its key. */
export interface StoredResult {
  readonly key: Digest;
  /** The run that made it. */
  readonly run: RunId;
  /** The zone of that run. */
  readonly zone: Zone;
  /** The remote or the bundle that it came from; null when it was made in this home. */
  readonly taken: TakenFrom | null;
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

const columns = 'key, run, record, duration_ms, recorded_at, zone, taken_from';

/** The result under a key that a run of the zone `reader` may take; one of a zone that is trusted less is none. */
export function findResult(state: State, key: Digest, reader: Zone): StoredResult | null {
  const result = findAnyResult(state, key);
  return result !== null && mayRead(reader, result.zone) ? result : null;
}

/** The result under a key whatever its zone, to tell of it and not to build on it. */
export function findAnyResult(state: State, key: Digest): StoredResult | null {
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
 * Which result that is there already gives way: `none`; `asked`, when the user asked for another one and it is of a zone that is trusted no more;
 * `gone`, any, for its objects are no longer there. One of a zone that is trusted less always gives way, so that nobody takes what was made below.
 */
export type Replacing = 'none' | 'asked' | 'gone';

/**
 * Records a result; part of the caller's transaction, made when all objects of the result are durable.
 *
 * @returns the result that counts from now on: of two for one key, that of the more trusted zone, then the first complete one
 */
export function recordResult(
  state: State,
  result: StoredResult,
  { project, step, replacing }: ResultOwner & { readonly replacing: Replacing },
): StoredResult {
  const { key, run, zone, taken, outputs, evidence, facts, durationMs, recordedAt } = result;
  const known = findAnyResult(state, key);
  if (known !== null && !doesGiveWay(known.zone, zone, replacing)) return known;
  state
    .prepare(`INSERT OR REPLACE INTO result (project, step, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    .run(
      project,
      step,
      key,
      run,
      JSON.stringify({ outputs, evidence, facts }),
      durationMs,
      recordedAt,
      zone,
      taken === null ? null : JSON.stringify(taken),
    );
  return result;
}

function doesGiveWay(known: Zone, zone: Zone, replacing: Replacing): boolean {
  if (known !== zone && mayRead(known, zone)) return true; // made below
  return replacing === 'gone' || (replacing === 'asked' && known === zone);
}

/** Where a result comes from, for a record of who took it. */
export function originOf({ zone, recordedAt, taken }: StoredResult): ResultOrigin {
  return { zone, madeAt: recordedAt, taken };
}

type Row = { readonly [column: string]: unknown };

/** Reads what {@link recordResult} wrote. */
function resultOf(row: Row): StoredResult {
  const zone = String(row['zone']);
  const record = JSON.parse(String(row['record'])) as Pick<StoredResult, 'outputs' | 'evidence' | 'facts'>;
  return {
    key: digest(String(row['key'])),
    run: runId(String(row['run'])),
    zone: isZone(zone) ? zone : 'untrusted', // of a later version: whoever may read it is not for this one to say
    taken: row['taken_from'] === null ? null : (JSON.parse(String(row['taken_from'])) as TakenFrom),
    ...record,
    durationMs: Number(row['duration_ms']),
    recordedAt: String(row['recorded_at']),
  };
}
