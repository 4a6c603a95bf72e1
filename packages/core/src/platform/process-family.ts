import { readdirSync, readFileSync } from 'node:fs';
import { runningProcesses } from './running-processes.ts';

/** A command with all that it has started. */
export interface ProcessFamily {
  /** SIGTERM lets them end in order, SIGKILL ends them at once. Whoever is gone already is no error. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => void;
}

/** Variable in the environment of a command by which those of its descendants are found that left its process group. */
export const markVariable = 'TIDEGATE_STEP';

/**
 * The members of the process group that `pid` leads, and processes that left it but still carry the mark in their environment. One that
 * left the group and took its environment off as well is not found; a sandbox finds that one too.
 */
export function groupFamily(pid: number, mark: string | null): ProcessFamily {
  return {
    end: (signal) => {
      killGroup(pid, signal);
      if (mark === null) return;
      for (let round = 0, left = marked(pid, mark); left.length > 0 && round < mostRounds; round++, left = marked(pid, mark)) {
        for (const stray of left) kill(stray, signal);
        if (signal === 'SIGTERM') return;
      }
    },
  };
}

/** A process may start another between being seen and being ended. */
const mostRounds = 20;

/**
 * What lives in the sandbox that process `pid` (bwrap) has made. With bwrap its first process ends, and the system ends everything else
 * in the namespace. SIGTERM goes to what bwrap has started and not to bwrap itself, which would take all the others down at once.
 */
export function sandboxFamily(pid: number): ProcessFamily {
  return {
    end: (signal) => {
      const inside = signal === 'SIGKILL' ? [] : descendantsOf(pid).filter(({ depth }) => depth > 1); // its child is the init of the namespace
      for (const process of inside) kill(process.pid, signal);
      if (inside.length === 0) endAtOnce(pid);
    },
  };
}

/**
 * Ends the group of a process with everything that it has started. What bwrap starts asks the system to be ended with it, and is not yet asked for in its
 * first moment: so nobody is left to go on, the process is stopped first, and can start nothing more.
 */
export function endAtOnce(pid: number): void {
  if (kill(pid, 'SIGSTOP')) {
    for (let look = 0; look < mostLooks && isRunning(pid); look++);
    for (const one of descendantsOf(pid)) kill(one.pid, 'SIGKILL');
  }
  killGroup(pid, 'SIGKILL');
}

/** Some ten milliseconds: a signal reaches a process at the end of the call to the system that it is in. */
const mostLooks = 1000;

/** Whether it is there and has not been stopped: state R, S or D of proc_pid_stat(5). */
function isRunning(pid: number): boolean {
  const stat = textOf(`/proc/${pid}/stat`) ?? '';
  return /^[RSD]/.test(stat.slice(stat.lastIndexOf(')') + 2));
}

/** Everything that a process has started and that lives, with the number of steps down to it. */
export function descendantsOf(pid: number): readonly { readonly pid: number; readonly depth: number }[] {
  const children = Map.groupBy(runningProcesses(), ({ parent }) => parent);
  const below = (parent: number, depth: number): { pid: number; depth: number }[] =>
    (children.get(parent) ?? []).flatMap((child) => [{ pid: child.pid, depth }, ...below(child.pid, depth + 1)]);
  return below(pid, 1);
}

/** Processes that carry the mark, of those that were started after `pid`. Where nothing was started since, that takes one small read. */
function marked(pid: number, mark: string): readonly number[] {
  const newest = newestProcess();
  if (newest === null || newest === pid) return [];
  const line = `${markVariable}=${mark}\0`;
  return processIds().filter((id) => id !== pid && (newest < pid || id > pid) && environmentOf(id).includes(line)); // newest < pid: ids began anew
}

/** Last field of proc_loadavg(5): the id that was given last. */
function newestProcess(): number | null {
  return Number(textOf('/proc/loadavg')?.trim().split(' ').at(-1) ?? 0) || null;
}

const environmentOf = (pid: number): string => textOf(`/proc/${pid}/environ`) ?? '';

function processIds(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null; // it is gone, or somebody else's, or there is no /proc
  }
}

/** Sends a signal to every process of a group; a group that is gone is no error. */
export function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid !== undefined) kill(-pid, signal);
}

/** @returns whether somebody was there: who is gone is as was wanted */
function kill(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false; // ESRCH
  }
}
