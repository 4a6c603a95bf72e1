import { readFileSync } from 'node:fs';

/** Who a process is: an id alone is recycled, with its start time and the boot it is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat (clock ticks since boot); empty where there is no /proc. */
  readonly startedAt: string;
  /** /proc/sys/kernel/random/boot_id; empty where there is none. */
  readonly boot: string;
}

/** @returns null when no such process runs; a zombie does not run. */
export function identityOf(pid: number): ProcessIdentity | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return null;
    return { pid, startedAt: fields[19] ?? '', boot: bootId() };
  } catch {
    return isAlive(pid) && process.platform !== 'linux' ? { pid, startedAt: '', boot: '' } : null;
  }
}

/** Whether that very process still runs: not another one with its id, not one of an earlier boot. */
export function isRunning(identity: ProcessIdentity): boolean {
  const now = identityOf(identity.pid);
  return now !== null && now.startedAt === identity.startedAt && now.boot === identity.boot;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

let boot: string | null = null;

/** Read once: it stays the same as long as this process lives. */
function bootId(): string {
  boot ??= readBootId();
  return boot;
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
