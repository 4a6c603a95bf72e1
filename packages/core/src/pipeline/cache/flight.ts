import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest, RunId, Zone } from '@tidegate/formats';
import { identityOf, isRunning } from '../../platform/index.ts';
import type { State } from '../../store/index.ts';
import { findResult } from './results.ts';

/** What is to be made, and by whom. */
export interface Claim {
  readonly key: Digest;
  readonly run: RunId;
  /** The zone of that run: what was made below is no result for it. */
  readonly zone: Zone;
  /** Whether a result that is there is no reason not to make it. */
  readonly replace: boolean;
}

/**
 * Makes sure that no two processes make the result of one key at once: the second waits for the first and takes its result. The
 * claim names its owner; one whose process is gone counts for nothing.
 *
 * @returns whether this run makes the result; false when it is there by now
 * @throws the signal's reason when it is aborted while waiting
 */
export async function claim(state: State, wanted: Claim, signal: AbortSignal): Promise<boolean> {
  const longestPauseMs = 250;
  for (let pauseMs = 10; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    if (holderOf(state, wanted.key) === null) {
      const found = tryClaim(state, wanted);
      if (found !== 'held') return found === 'mine';
    }
    await sleep(pauseMs, undefined, { signal });
  }
}

/** Gives the claim back; part of the transaction that records the result, or alone after a failure. */
export function release(state: State, key: Digest, run: RunId): void {
  state.prepare('DELETE FROM flight WHERE key = ? AND run = ?').run(key, run);
}

function tryClaim(state: State, { key, run, zone, replace }: Claim): 'mine' | 'held' | 'there' {
  const self = identityOf(process.pid) ?? { pid: process.pid, startedAt: '', boot: '' };
  return state.note(() => {
    if (holderOf(state, key) !== null) return 'held';
    if (!replace && findResult(state, key, zone) !== null) return 'there';
    state
      .prepare('INSERT OR REPLACE INTO flight (key, run, pid, started_at, boot) VALUES (?, ?, ?, ?, ?)')
      .run(key, run, self.pid, self.startedAt, self.boot);
    return 'mine';
  });
}

/** The run whose living process makes the result just now. */
function holderOf(state: State, key: Digest): string | null {
  const row = state.prepare('SELECT run, pid, started_at, boot FROM flight WHERE key = ?').get(key);
  if (row === undefined) return null;
  const owner = { pid: Number(row['pid']), startedAt: String(row['started_at']), boot: String(row['boot']) };
  return isRunning(owner) ? String(row['run']) : null;
}
