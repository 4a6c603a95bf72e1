import { type Digest, type RunId, runId } from '@tidegate/formats';
import type { State } from '../../store/index.ts';

/** What garbage collection has left in the place of a result. */
export interface Tombstone {
  /** The run that had made it. */
  readonly run: RunId;
  /** ISO 8601, UTC. */
  readonly evictedAt: string;
  readonly why: string;
}

/** Null for a key that never had a result here, or whose tombstone is gone as well. */
export function tombstoneOf(state: State, key: Digest): Tombstone | null {
  const row = state.prepare('SELECT run, evicted_at, why FROM tombstone WHERE key = ?').get(key);
  if (row === undefined) return null;
  return { run: runId(String(row['run'])), evictedAt: String(row['evicted_at']), why: String(row['why']) };
}
