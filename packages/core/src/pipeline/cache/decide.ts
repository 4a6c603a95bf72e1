import { type Digest, type KeyRecord, type MissReason, TidegateError } from '@tidegate/formats';
import { readKeyRecord, type State } from '../../store/index.ts';
import { differences } from './differences.ts';
import type { EngineParts } from '../engine-parts.ts';
import { keyOf } from './key.ts';
import { findAnyResult, findResult, newestResults, type StoredResult } from './results.ts';
import { takeSharedResult, unusableObjects } from './shared-results.ts';

/** Whether a step whose key is known has a result that can be taken. */
export type Decision =
  | { readonly kind: 'hit'; readonly key: Digest; readonly result: StoredResult }
  | { readonly kind: 'miss'; readonly key: Digest; readonly record: KeyRecord; readonly reasons: readonly MissReason[] };

export interface Deciding {
  /** Why the step runs whether or not it has a result. Default: it does not. */
  readonly runs?: Extract<MissReason['kind'], 'forced' | 'volatile'> | null;
  /** Whether no step of that name ever had a result in this home, as {@link stepsWithResults} tells: nothing is looked up then. Default: not known. */
  readonly isNew?: boolean;
}

/**
 * Looks for a result under the key. It counts only if every object of it is there; otherwise one of another machine is looked for, then it is a
 * miss with its reasons.
 */
export async function decide(parts: EngineParts, record: KeyRecord, { runs = null, isNew = false }: Deciding = {}): Promise<Decision> {
  const key = keyOf(record);
  if (runs !== null) return { kind: 'miss', key, record, reasons: [{ kind: runs }] };
  const result = isNew ? null : findResult(parts.state, key, parts.zone);
  const gone = result === null ? [] : await unusableObjects(parts, record, result.outputs);
  if (result !== null && gone.length === 0) return { kind: 'hit', key, result };
  const shared = await takeSharedResult(parts, record);
  if (shared !== null) return { kind: 'hit', key, result: shared };
  if (isNew) return { kind: 'miss', key, record, reasons: [{ kind: 'never-run' }] };
  if (result === null)
    return { kind: 'miss', key, record, reasons: lessTrusted(parts, key) ?? evicted(parts, key) ?? (await reasonsOf(parts, record)) };
  return { kind: 'miss', key, record, reasons: gone.map((digest) => ({ kind: 'object-missing', digest })) };
}

/** Steps of all projects that have a result here, or had one: for who would ask about thousands that have none. */
export function stepsWithResults(state: State): ReadonlySet<string> {
  const rows = state.prepare('SELECT step FROM result UNION SELECT step FROM tombstone').all();
  return new Set(rows.map((row) => String(row['step'])));
}

/** A result of a run that is trusted less is none for this one, and that is the whole reason. */
function lessTrusted({ state }: EngineParts, key: Digest): readonly MissReason[] | null {
  const made = findAnyResult(state, key);
  return made === null ? null : [{ kind: 'less-trusted', zone: made.zone }];
}

/** What garbage collection took out was there, and differs in nothing. */
function evicted({ state }: EngineParts, key: Digest): readonly MissReason[] | null {
  const tombstone = state.prepare('SELECT why, evicted_at FROM tombstone WHERE key = ?').get(key);
  return tombstone === undefined ? null : [{ kind: 'evicted', at: String(tombstone['evicted_at']), why: String(tombstone['why']) }];
}

/** How many earlier results are compared: enough for somebody who goes back and forth between a few variants. */
const comparedResults = 5;

/** The difference to the nearest of the newest results: the one with the fewest differences, of equals the newest. */
async function reasonsOf(parts: EngineParts, record: KeyRecord): Promise<readonly MissReason[]> {
  const owner = { project: parts.project.name, step: record.step };
  let nearest: readonly MissReason[] | null = null;
  for (const { key } of newestResults(parts.state, owner, comparedResults)) {
    const earlier = await findKeyRecord(parts, key);
    if (earlier === null) continue;
    const found = differences(earlier, record);
    if (nearest === null || found.length < nearest.length) nearest = found;
  }
  return nearest ?? lastEvicted(parts, record) ?? [{ kind: 'never-run' }];
}

/** Of a step that has no result any more: why the last one was taken out. */
function lastEvicted({ state, project }: EngineParts, { step }: KeyRecord): readonly MissReason[] | null {
  const last = 'SELECT why, evicted_at FROM tombstone WHERE project = ? AND step = ? ORDER BY evicted_at DESC LIMIT 1';
  const tombstone = state.prepare(last).get(project.name, step);
  return tombstone === undefined ? null : [{ kind: 'evicted', at: String(tombstone['evicted_at']), why: String(tombstone['why']) }];
}

/** Null when the record is no longer in the store, or is of a later version. */
export async function findKeyRecord(parts: Pick<EngineParts, 'store'>, key: Digest): Promise<KeyRecord | null> {
  try {
    return await readKeyRecord(parts.store, key);
  } catch (error) {
    if (error instanceof TidegateError) return null;
    throw error;
  }
}
