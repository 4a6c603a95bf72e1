import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import type { StartedCommand } from './launcher.ts';
import { splitLines } from './lines.ts';
import { startCommand } from './start-command.ts';

export { identityOf, isRunning, type ProcessIdentity } from '@tidegate/runtime';

export interface CommandOptions {
  readonly cwd: string;
  /** The whole environment of the child: nothing is inherited. */
  readonly variables: { readonly [name: string]: string };
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void;
  readonly signal: AbortSignal;
  readonly timeoutMs: number | null;
  /** Called once with the id of the process, which is also that of its group. */
  readonly onStart?: (pid: number) => void;
}

export interface CommandResult {
  readonly code: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
}

/** Between SIGTERM and SIGKILL, and between the end of a command and the moment its output is no longer waited for. */
const graceMs = 2_000;

/**
 * Runs a command in a process group of its own and waits for it; its descendants in the group are ended with it.
 * On abort or time-out the group gets SIGTERM, and SIGKILL two seconds later. A descendant that left the group and holds the
 * output open is waited for two seconds at most.
 *
 * @throws the error of spawn (for instance ENOENT) when the command cannot be started.
 */
export async function runCommand(argv: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const [program, ...rest] = argv;
  if (program === undefined) throw new Error('Cannot run a command: argv is empty');
  const child = await startCommand({ argv: [program, ...rest], cwd: options.cwd, variables: options.variables });
  const timers: NodeJS.Timeout[] = [];
  let timedOut = false;
  const end = (): void => {
    killGroup(child.pid, 'SIGTERM');
    timers.push(setTimeout(() => killGroup(child.pid, 'SIGKILL'), graceMs));
  };
  if (options.timeoutMs !== null) timers.push(setTimeout(() => ((timedOut = true), end()), options.timeoutMs));
  options.signal.addEventListener('abort', end, { once: true });
  if (options.signal.aborted) end();
  try {
    options.onStart?.(child.pid);
    splitLines(child.stdout, (line) => options.onLine('stdout', line));
    splitLines(child.stderr, (line) => options.onLine('stderr', line));
    return { ...(await endOf(child, timers)), timedOut };
  } finally {
    for (const timer of timers) clearTimeout(timer);
    options.signal.removeEventListener('abort', end);
  }
}

function endOf(child: StartedCommand, timers: NodeJS.Timeout[]): Promise<{ code: number | null; signal: string | null }> {
  return new Promise((resolve) => {
    child.once('exit', () => {
      killGroup(child.pid, 'SIGKILL'); // what it left behind in its group
      timers.push(setTimeout(() => (child.stdout.destroy(), child.stderr.destroy()), graceMs));
    });
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

/** Sends a signal to every process of a group; a group that is gone is no error. */
export function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: the group is gone, which is what was wanted
  }
}

/** Starts a process that outlives this one. */
export function startDetached(argv: readonly string[], options: SpawnOptions): ChildProcess {
  const [program = '', ...rest] = argv;
  const child = spawn(program, rest, { ...options, detached: true });
  child.unref();
  return child;
}
