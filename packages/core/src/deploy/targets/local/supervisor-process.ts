import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { failure, shape, type SupervisorState, supervisorStateShape, type TidegateError } from '@tidegate/formats';
import { exists, isRunning, killGroup, mkdir, open, readTextIfThere, startDetached } from '../../../platform/index.ts';

export interface SupervisorStart {
  /** Command line of the serving process, without its arguments. */
  readonly argv: readonly string[];
  readonly variables: { readonly [name: string]: string };
}

/** @returns what the supervisor of a place wrote last, whether it still runs or not; null when there is none */
export async function readSupervisorState(folder: string): Promise<SupervisorState | null> {
  const text = await readTextIfThere(join(folder, 'state.json'));
  const parsed = text === null ? null : shape.parse(supervisorStateShape, JSON.parse(text));
  return parsed?.ok ? parsed.value : null;
}

/** @returns the state when its supervisor runs, null otherwise */
export async function findSupervisor(folder: string): Promise<SupervisorState | null> {
  const state = await readSupervisorState(folder);
  return state !== null && isRunning(state.supervisor) && (await exists(state.control)) ? state : null;
}

const startMs = 30_000;

/**
 * Starts a supervisor that outlives this process and its terminal. Two at once do no harm: the folder's lock lets one go on.
 * @throws TG-DEPLOY-SUPERVISOR when it ends, or does not answer
 */
export async function startSupervisor(folder: string, start: SupervisorStart): Promise<SupervisorState> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const log = await open(join(folder, 'supervisor.out'), 'w', 0o600);
  try {
    const child = startDetached([...start.argv, 'supervise', '--state', folder], {
      cwd: folder,
      env: { ...start.variables },
      stdio: ['ignore', log.fd, log.fd],
    });
    let problem: string | null = null;
    child.once('error', (error) => (problem = error.message));
    child.once('exit', (code) => (problem ??= `it ended with ${code}`));
    const until = performance.now() + startMs;
    while (problem === null && performance.now() < until) {
      const state = await findSupervisor(folder);
      if (state !== null) return state;
      await wait(15);
    }
    const output = (await readTextIfThere(join(folder, 'supervisor.out')))?.trim() ?? '';
    throw failure(
      'TG-DEPLOY-SUPERVISOR',
      `Cannot start the supervisor of "${folder}": ${problem ?? `it did not answer within ${startMs / 1000} s`}${output === '' ? '' : `\n${output}`}`,
      'Run "tidegate doctor" to check the machine',
    );
  } finally {
    await log.close();
  }
}

/** Ends a supervisor that runs and cannot be asked, for instance because something has removed its socket. It lets its server finish. */
export async function endUnreachable(folder: string): Promise<null> {
  const state = await readSupervisorState(folder);
  if (state === null || !isRunning(state.supervisor)) return null;
  killGroup(state.supervisor.pid, 'SIGTERM');
  await waitForEnd(state);
  return null;
}

const endMs = 20_000;

/** @throws TG-DEPLOY-SUPERVISOR when it does not end in time: a server has 10 s to finish what it has taken */
export async function waitForEnd(state: SupervisorState): Promise<void> {
  const until = performance.now() + endMs;
  while (isRunning(state.supervisor)) {
    if (performance.now() > until) throw stillRuns(state, endMs);
    await wait(15);
  }
}

/** The error about a supervisor that does not answer, or was told to end, and is still there. */
export function stillRuns({ supervisor }: SupervisorState, afterMs: number): TidegateError {
  return failure(
    'TG-DEPLOY-SUPERVISOR',
    `Cannot go on: the supervisor (process ${supervisor.pid}) does not answer and still runs after ${afterMs / 1000} s`,
    `End it: kill -9 ${supervisor.pid}`,
  );
}
