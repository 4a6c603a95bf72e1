import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** What a command with all its descendants may take. */
export interface ProcessLimits {
  readonly memoryBytes: number;
  readonly processes: number;
}

/** A limit that a command went over, and what it took at that moment. */
export interface LimitPassed {
  readonly kind: keyof ProcessLimits;
  readonly limit: number;
  readonly found: number;
}

interface Watched {
  readonly pid: number;
  readonly limits: ProcessLimits;
  readonly onPassed: (passed: LimitPassed) => void;
}

const watched = new Set<Watched>();
let timer: NodeJS.Timeout | null = null;
const leastPauseMs = 250;
const mostPauseMs = 1_000;
/** Looking takes at most this share of a core, unless it takes very long. */
const mostShare = 0.02;

/**
 * Looks four times a second what a command and its descendants take: limits of single processes (setrlimit) do not add up, do not bind root,
 * and count address space where memory is meant. What ends within a quarter of a second is never looked at. Where there is no /proc, nothing is.
 */
export function watchLimits(one: Watched): { readonly stop: () => void } {
  watched.add(one);
  timer ??= setTimeout(look, leastPauseMs).unref();
  return { stop: () => void watched.delete(one) };
}

/** When memory runs out, the system ends a command before it ends Tidegate or anybody else. */
export function offerToOutOfMemory(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '500');
  } catch {
    // no /proc, or it has ended already
  }
}

function look(): void {
  timer = null;
  if (watched.size === 0) return;
  const begun = performance.now();
  const processes = childrenOf(allProcesses());
  for (const one of watched) {
    const passed = passedBy(one, processes);
    if (passed === null) continue;
    watched.delete(one);
    one.onPassed(passed);
  }
  timer = setTimeout(look, Math.min(Math.max(leastPauseMs, (performance.now() - begun) / mostShare), mostPauseMs)).unref();
}

interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly residentBytes: number;
}

const pageBytes = 4096;

/** Fields after the command name: 1 parent, 21 resident pages (proc_pid_stat(5) counts from 1 with pid and name). */
function allProcesses(): readonly Seen[] {
  return namesIn('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const stat = textOf(`/proc/${name}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [{ pid: Number(name), parent: Number(fields[1]), residentBytes: Number(fields[21] ?? 0) * pageBytes }];
  });
}

function childrenOf(processes: readonly Seen[]): ReadonlyMap<number, readonly Seen[]> {
  return Map.groupBy(processes, ({ parent }) => parent);
}

function passedBy({ pid, limits }: Watched, children: ReadonlyMap<number, readonly Seen[]>): LimitPassed | null {
  const family: Seen[] = [...(children.get(pid) ?? [])];
  for (const one of family) family.push(...(children.get(one.pid) ?? [])); // grows while it is gone through
  if (family.length > limits.processes) return { kind: 'processes', limit: limits.processes, found: family.length };
  const resident = family.reduce((sum, one) => sum + one.residentBytes, residentBytes(pid));
  if (resident <= limits.memoryBytes) return null;
  const found = [pid, ...family.map((one) => one.pid)].reduce((sum, id) => sum + proportionalBytes(id), 0);
  return found > limits.memoryBytes ? { kind: 'memoryBytes', limit: limits.memoryBytes, found } : null;
}

/** Resident bytes of one process (proc_pid_statm(5)). */
function residentBytes(pid: number): number {
  return Number(textOf(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * pageBytes;
}

/** Pages that processes share are counted in parts: forked workers share most of what they have. Costly, so asked only in doubt. */
function proportionalBytes(pid: number): number {
  return Number(/^Pss:\s+(\d+) kB$/m.exec(textOf(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1024;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has ended
  }
}
