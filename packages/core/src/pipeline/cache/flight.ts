import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest, RunId, Zone } from '@tidegate/formats';
import { identityOf, isRunning, type ProcessIdentity } from '../../platform/index.ts';
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
 * Waits as long as a living process makes the result of a key. To wait holds nothing, so that who makes it never waits for who waits.
 *
 * @returns whether there was anything to wait for
 * @throws the signal's reason when it is aborted while waiting
 */
export async function flightIsOver(state: State, key: Digest, signal: AbortSignal): Promise<boolean> {
  const longestPauseMs = 250;
  for (let pauseMs = 10, hasWaited = false; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs), hasWaited = true) {
    if (holderOf(state, key) === null) return hasWaited;
    await sleep(pauseMs, undefined, { signal });
  }
}

/** This process, which stays who it is. */
let self: ProcessIdentity | null = null;

/**
 * Makes sure that no two processes make the result of one key at once: `mine` is for one of them, `held` for the others until it gives the
 * claim back, and `there` once there is a result. The claim names its owner; one whose process is gone counts for nothing.
 */
export function claim(state: State, { key, run, zone, replace }: Claim): 'mine' | 'held' | 'there' {
  self ??= identityOf(process.pid) ?? { pid: process.pid, startedAt: '', boot: '' };
  const { pid, startedAt, boot } = self;
  return state.note(() => {
    if (holderOf(state, key) !== null) return 'held';
    if (!replace && findResult(state, key, zone) !== null) return 'there';
    state
      .prepare('INSERT OR REPLACE INTO flight (key, run, pid, started_at, boot) VALUES (?, ?, ?, ?, ?)')
      .run(key, run, pid, startedAt, boot);
    return 'mine';
  });
}

/** Gives the claim back; part of the transaction that records the result, or alone after a failure. */
export function release(state: State, key: Digest, run: RunId): void {
  state.prepare('DELETE FROM flight WHERE key = ? AND run = ?').run(key, run);
}

/** The run whose living process makes the result just now. */
function holderOf(state: State, key: Digest): string | null {
  const row = state.prepare('SELECT run, pid, started_at, boot FROM flight WHERE key = ?').get(key);
  if (row === undefined) return null;
  const owner = { pid: Number(row['pid']), startedAt: String(row['started_at']), boot: String(row['boot']) };
  return isRunning(owner) ? String(row['run']) : null;
}
