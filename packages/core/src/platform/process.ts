import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { StartedCommand } from './launcher.ts';
import { textReader } from './lines.ts';
import { readPaced } from './pace.ts';
import { groupFamily, markVariable, type ProcessFamily, sandboxFamily } from './process-family.ts';
import { type LimitPassed, offerToOutOfMemory, type ProcessLimits, watchLimits } from './process-limits.ts';
import { startCommand } from './start-command.ts';

export { identityOf, isRunning, type ProcessIdentity } from '@tidegate/runtime';

export interface CommandOptions {
  readonly cwd: string;
  /** The whole environment of the child: nothing is inherited. */
  readonly variables: { readonly [name: string]: string };
  /** Gets what it prints: one or more whole lines at once, each with its line end. */
  readonly onText: (stream: 'stdout' | 'stderr', text: string) => void;
  readonly signal: AbortSignal;
  readonly timeoutMs: number | null;
  /** Called once with the id of the process, which is also that of its group. What it throws ends the command. */
  readonly onStart?: (pid: number) => void;
  /** Text by which descendants are found that leave the process group: put into the environment as `TIDEGATE_STEP`. Default: they are not looked for. */
  readonly mark?: string;
  /** Called as soon as it has ended with exit code 0 and within its limits; what it printed may still be on its way. */
  readonly onSuccess?: () => void;
  /** What it may take with all its descendants; then all of them are ended at once. Default: no limit. */
  readonly limits?: ProcessLimits;
  /** Whether the command is one of `sandboxed`, whose namespace ends everything in it. Default no. */
  readonly isSandbox?: boolean;
  /** Waited for before the command begins; one of `atGate` is started before. What it throws ends the command. Default: it begins at once. */
  readonly begin?: { readonly isGated: boolean; readonly wait: () => Promise<unknown> };
}

export interface CommandResult {
  /** As a shell tells it: 128 + n where signal n ended the command. */
  readonly code: number;
  /** The signal that ended the command or, by the exit code it gave, one of its own children; null for none. */
  readonly signal: NodeJS.Signals | null;
  /** Whether it was ended because it ran longer than `timeoutMs`. */
  readonly timedOut: boolean;
  /** The limit that it was ended for; null for none. */
  readonly passed: LimitPassed | null;
}

const underWay = new Set<ProcessFamily>();

/** Ends at once every command that this process runs, with its descendants: for who has no time for an orderly end. */
export function endCommands(): void {
  for (const family of underWay) family.end('SIGKILL');
}

/** Between SIGTERM and SIGKILL, and between the end of a command and the moment its output is no longer waited for. */
const graceMs = 2_000;

/**
 * Runs a command in a process group of its own and waits for it; its descendants are ended with it, and those that left the group as
 * far as {@link ProcessFamily} finds them. On abort or time-out they get SIGTERM, and SIGKILL two seconds later. A descendant that
 * cannot be found and holds the output open is waited for two seconds at most.
 *
 * @throws the error of spawn (for instance ENOENT) when the command cannot be started.
 */
export async function runCommand(argv: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const [program, ...rest] = argv;
  if (program === undefined) throw new Error('Cannot run a command: argv is empty');
  const { cwd, signal, timeoutMs, isSandbox = false, mark, begin } = options;
  const isGated = begin?.isGated === true;
  if (!isGated) await begin?.wait();
  const variables = mark === undefined ? options.variables : { ...options.variables, [markVariable]: mark };
  const child = await startCommand({ argv: [program, ...rest], cwd, variables, isGated });
  const family = isSandbox ? sandboxFamily(child.pid) : groupFamily(child.pid, mark ?? null);
  underWay.add(family);
  const timers: NodeJS.Timeout[] = [];
  let timedOut = false;
  let passed: LimitPassed | null = null;
  const { pid } = child;
  const onPassed = (limit: LimitPassed): void => ((passed = limit), family.end('SIGKILL'));
  const watch = options.limits && watchLimits({ pid, limits: options.limits, onPassed });
  if (watch) offerToOutOfMemory(pid);
  const end = (): void => {
    family.end('SIGTERM');
    timers.push(setTimeout(() => family.end('SIGKILL'), graceMs));
  };
  // Looked at once more after this turn of the loop: where this process was stopped for a while, the command may have ended in time
  const endLate = (): void => void setImmediate(() => child.exitCode === null && child.signalCode === null && ((timedOut = true), end()));
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  for (const stream of ['stdout', 'stderr'] as const) readOutput(child, stream, (text) => options.onText(stream, text));
  child.once('exit', (code) => {
    if (code === 0 && passed === null && !timedOut) options.onSuccess?.();
  });
  const ended = endOf(child, family, timers);
  try {
    options.onStart?.(child.pid);
    if (isGated) {
      await begin.wait();
      child.open();
    }
    if (timeoutMs !== null) timers.push(setTimeout(endLate, timeoutMs));
    return { ...(await ended), timedOut, passed };
  } catch (error) {
    family.end('SIGKILL'); // nobody would wait for it, or open its gate
    await ended;
    throw error;
  } finally {
    watch?.stop();
    underWay.delete(family);
    for (const timer of timers) clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}

function readOutput(child: StartedCommand, name: 'stdout' | 'stderr', onText: (text: string) => void): void {
  const { take, end } = textReader(onText);
  const stream = child[name];
  if (child.isPaced) stream.on('data', take);
  else readPaced(stream, take);
  stream.on('end', end);
}

function endOf(child: StartedCommand, family: ProcessFamily, timers: NodeJS.Timeout[]): Promise<Pick<CommandResult, 'code' | 'signal'>> {
  const swept = Promise.withResolvers<void>();
  return new Promise((resolve) => {
    child.once('exit', () => {
      timers.push(setTimeout(() => (child.stdout.destroy(), child.stderr.destroy()), graceMs));
      // In a turn of its own: to look for what it left behind takes longer than to begin the next command, which comes first
      setImmediate(() => {
        family.end('SIGKILL');
        swept.resolve();
      });
    });
    child.once('close', (code, signal) => void swept.promise.then(() => resolve(asShellTells(code, signal))));
  });
}

const signalNumbers: ReadonlyMap<string, number> = new Map(Object.entries(constants.signals));

function asShellTells(code: number | null, signal: NodeJS.Signals | null): Pick<CommandResult, 'code' | 'signal'> {
  if (code === null) return { code: 128 + (signalNumbers.get(signal ?? '') ?? 0), signal };
  const known = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
  return { code, signal: isSignal(known) ? known : null };
}

const isSignal = (name: string | undefined): name is NodeJS.Signals => name !== undefined;

/** Starts a process that outlives this one. */
export function startDetached(argv: readonly string[], options: SpawnOptions): ChildProcess {
  const [program = '', ...rest] = argv;
  const child = spawn(program, rest, { ...options, detached: true });
  child.unref();
  return child;
}
