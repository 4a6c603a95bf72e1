import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EmitEvent, RunId } from '@tidegate/formats';
import {
  identityOf,
  isRunning,
  killGroup,
  type ProcessIdentity,
  realpath,
  type RunningProcess,
  runningProcesses,
  worksIn,
} from '../../platform/index.ts';
import { removeUnfinished } from '../../store/index.ts';
import type { EngineParts } from '../engine-parts.ts';
import { deadRuns, endRun } from '../runs.ts';
import { removeWorkspaces } from '../tree/workspace.ts';

/** Cleans up after runs whose process was killed, of any project: ends what they had started, removes their workspaces, marks them crashed. */
export async function recoverDeadRuns({ state, home }: Pick<EngineParts, 'state' | 'home'>, emit: EmitEvent): Promise<void> {
  const dead = deadRuns(state);
  for (const { record, owner } of dead) {
    const workspaces = join(await realpath(home.workspaces).catch(() => home.workspaces), record.id);
    const processesEnded = await endProcesses([...startedBy(record.id, state), ...strays(workspaces, owner)]);
    await removeWorkspaces(home, record.id, new Set());
    if (endRun(state, { ...record, status: 'crashed' })) emit({ kind: 'crashed-run-found', run: record.id, processesEnded });
  }
  if (dead.length > 0) await removeUnfinished(home.objects);
}

interface Survivor {
  readonly identity: ProcessIdentity;
  readonly end: () => void;
}

/** Leaders of the process groups that the run has noted, as far as they are still the same processes. */
function startedBy(run: RunId, state: EngineParts['state']): readonly Survivor[] {
  return state
    .prepare('SELECT pid, started_at, boot FROM process WHERE run = ?')
    .all(run)
    .map((row) => ({ pid: Number(row['pid']), startedAt: String(row['started_at']), boot: String(row['boot']) }))
    .filter(isRunning)
    .map((identity) => ({ identity, end: () => killGroup(identity.pid, 'SIGKILL') }));
}

/**
 * Processes at work in the run's workspaces that its notes do not lead to: one that was started just before the kill, or that
 * left its group. Younger than the run's own process and without a terminal, so nobody's shell.
 */
function strays(workspaces: string, owner: ProcessIdentity): readonly Survivor[] {
  const isStray = (process: RunningProcess): boolean =>
    worksIn(process, workspaces) && !process.hasTerminal && process.startedAt >= Number(owner.startedAt);
  return runningProcesses()
    .filter(isStray)
    .flatMap(({ pid }) => {
      const identity = identityOf(pid);
      return identity === null || identity.boot !== owner.boot ? [] : [{ identity, end: () => kill(pid) }];
    });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended by itself, or belongs to somebody else
  }
}

/** Ends them and waits until they are gone, so that none of them writes into what is removed next. */
async function endProcesses(survivors: readonly Survivor[]): Promise<number> {
  const distinct = new Map(survivors.map((survivor) => [survivor.identity.pid, survivor]));
  for (const { end } of distinct.values()) end();
  const longestMs = 5_000;
  for (let waitedMs = 0; waitedMs < longestMs && [...distinct.values()].some(({ identity }) => isRunning(identity)); waitedMs += 10)
    await sleep(10);
  return distinct.size;
}
