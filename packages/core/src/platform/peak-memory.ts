import { readFileSync } from 'node:fs';
import { descendantsOf } from './process-family.ts';

/**
 * The most bytes that a process and those it has started, which still live, had in memory: the sum of the peaks of each (`VmHWM` of
 * proc_pid_status(5)), which is no less than the peak of the sum. Null where there is no /proc, or the process is gone.
 */
export function peakMemory(pid: number): number | null {
  const own = peakOf(pid);
  if (own === null) return null;
  return descendantsOf(pid).reduce((sum, one) => sum + (peakOf(one.pid) ?? 0), own);
}

function peakOf(pid: number): number | null {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}
