import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Place } from './place.ts';

export interface KillMoment {
  readonly afterMs: number;
  /** Whether all that the command has started is killed with it, as by a machine that goes down, or the command alone. */
  readonly tree: boolean;
}

export async function runAndKill(
  place: Place,
  words: readonly string[],
  { afterMs, tree }: KillMoment,
): Promise<{ readonly code: number; readonly killed: boolean }> {
  const child = spawn(process.execPath, [place.program, ...words], { cwd: place.project, env: place.variables, stdio: 'ignore' });
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>;
  const ended = new AbortController();
  await Promise.race([sleep(afterMs, undefined, { signal: ended.signal }).catch(() => undefined), exited.finally(() => ended.abort())]);
  if (tree) for (const pid of descendantsOf(child.pid)) kill(pid);
  child.kill('SIGKILL');
  const [code, signal] = await exited;
  return { code: code ?? 1, killed: signal === 'SIGKILL' };
}

/** Everything that a process has started, the youngest last, whatever group or session it is in. */
function descendantsOf(pid: number | undefined): readonly number[] {
  if (pid === undefined) return [];
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

/** The fourth field of proc_pid_stat(5). */
function parentOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended by itself
  }
}
