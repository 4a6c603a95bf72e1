import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { tryLock } from '@tidegate/runtime';
import type { DeployDeps } from './deploy-deps.ts';

export interface Waiting {
  readonly signal: AbortSignal;
  /** Called once when another process has to be waited for. */
  readonly onWait?: () => void;
}

/** Does something to an environment while no other process does. */
export async function alone<T>(deps: DeployDeps, environment: string, work: () => Promise<T>, waiting: Waiting): Promise<T> {
  const path = join(deps.home.deployments, deps.project, environment, 'deploy.lock');
  for (let attempt = 0; ; attempt++) {
    waiting.signal.throwIfAborted();
    using lock = tryLock(path);
    if (lock !== null) return await work();
    if (attempt === 0) waiting.onWait?.();
    await wait(50);
  }
}
