import { setTimeout as pause } from 'node:timers/promises';
import { type ExclusiveLock, tryLock } from '@tidegate/runtime';
import type { Project } from '../project/index.ts';
import { upFolder, type UpOwner, upOwner } from './up-folder.ts';

export interface Turn {
  readonly signal: AbortSignal;
  /** Whether to wait for another process at all. */
  readonly waits: boolean;
  /** Told who is waited for, once for each; null when that cannot be known yet. */
  readonly onWait: (owner: UpOwner | null) => void;
}

const againMs = 200;

/**
 * Holds the project: of several processes one is at work, and the next takes over when that one ends, however it ends.
 *
 * @returns null when another one is at work and nobody waits, or the waiting was called off
 */
export async function waitForTurn(project: Pick<Project, 'home' | 'name'>, { signal, waits, onWait }: Turn): Promise<ExclusiveLock | null> {
  let told: number | null | undefined;
  while (!signal.aborted) {
    const lock = tryLock(upFolder(project).lock);
    if (lock !== null) return lock;
    const owner = await upOwner(project);
    if (owner?.pid !== told && (owner !== null || told === undefined)) {
      told = owner?.pid ?? null;
      onWait(owner);
    }
    if (!waits) return null;
    await pause(againMs, undefined, { signal }).catch(() => {});
  }
  return null;
}
