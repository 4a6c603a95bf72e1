import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type ExclusiveLock, tryLock } from '@tidegate/runtime';
import type { DeployDeps } from './deploy-deps.ts';

export interface Waiting {
  readonly signal: AbortSignal;
  /** Called once when another process has to be waited for. */
  readonly onWait?: () => void;
}

/** Does something to an environment while no other process does. */
export async function alone<T>(deps: DeployDeps, environment: string, work: () => Promise<T>, waiting: Waiting): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    waiting.signal.throwIfAborted();
    using lock = tryAlone(deps, environment);
    if (lock !== null) return await work();
    if (attempt === 0) waiting.onWait?.();
    await wait(50);
  }
}

/** Keeps other processes from an environment until it is disposed of; null when one of them is at work there. */
export function tryAlone({ home, project }: Pick<DeployDeps, 'home' | 'project'>, environment: string): ExclusiveLock | null {
  return tryLock(join(home.deployments, project, environment, 'deploy.lock'));
}
