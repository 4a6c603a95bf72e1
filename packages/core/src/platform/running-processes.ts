import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { sep } from 'node:path';

/** A process as /proc shows it. */
export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Clock ticks since boot. */
  readonly startedAt: number;
  readonly hasTerminal: boolean;
  /** Its working folder; null when it may not be read. */
  readonly folder: string | null;
}

/** Every process of the machine that this one may look at; none where there is no /proc. */
export function runningProcesses(): readonly RunningProcess[] {
  return processIds().flatMap((pid) => readProcess(pid) ?? []);
}

/** Whether the process works in the folder or below it. */
export function worksIn(process: RunningProcess, folder: string): boolean {
  return process.folder !== null && (process.folder === folder || process.folder.startsWith(folder + sep));
}

function processIds(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Fields after the command name: 0 state, 1 parent, 2 process group, 4 terminal, 19 start time (proc_pid_stat(5) counts from 1 with pid and name). */
function readProcess(pid: number): RunningProcess | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return null;
    return {
      pid,
      parent: Number(fields[1]),
      group: Number(fields[2]),
      startedAt: Number(fields[19]),
      hasTerminal: fields[4] !== '0',
      folder: folderOf(pid),
    };
  } catch {
    return null;
  }
}

function folderOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, '');
  } catch {
    return null;
  }
}
