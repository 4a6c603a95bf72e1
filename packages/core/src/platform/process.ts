import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';

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

/** Longest line kept of a child's output; what is longer is cut into pieces of this length. */
const maxLine = 16_384;

/**
 * Runs a command in a process group of its own and waits for it; its descendants in the group are ended with it.
 * On abort or time-out the group gets SIGTERM, and SIGKILL two seconds later.
 *
 * @throws the error of spawn (for instance ENOENT) when the command cannot be started.
 */
export async function runCommand(argv: readonly string[], options: CommandOptions): Promise<CommandResult> {
  const [program, ...rest] = argv;
  if (program === undefined) throw new Error('Cannot run a command: argv is empty');
  const child = spawn(program, rest, {
    cwd: options.cwd,
    env: { ...options.variables },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let timedOut = false;
  const end = (): void => endGroup(child);
  const timer = options.timeoutMs === null ? null : setTimeout(() => ((timedOut = true), end()), options.timeoutMs);
  options.signal.addEventListener('abort', end, { once: true });
  if (options.signal.aborted) end();
  try {
    if (child.pid !== undefined) options.onStart?.(child.pid);
    splitLines(child.stdout, (line) => options.onLine('stdout', line));
    splitLines(child.stderr, (line) => options.onLine('stderr', line));
    const { code, signal } = await new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => killGroup(child, 'SIGKILL')); // what it left behind in its group
      child.once('close', (exitCode, exitSignal) => resolve({ code: exitCode, signal: exitSignal }));
    });
    return { code, signal, timedOut };
  } finally {
    if (timer !== null) clearTimeout(timer);
    options.signal.removeEventListener('abort', end);
  }
}

function endGroup(child: ChildProcess): void {
  killGroup(child, 'SIGTERM');
  setTimeout(() => killGroup(child, 'SIGKILL'), 2_000).unref();
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: the group is gone, which is what was wanted
  }
}

function splitLines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    const pieces = (rest + chunk).split('\n');
    rest = pieces.pop() ?? '';
    for (const piece of pieces) onLine(piece.slice(0, maxLine));
    while (rest.length > maxLine) {
      onLine(rest.slice(0, maxLine));
      rest = rest.slice(maxLine);
    }
  });
  stream?.on('end', () => rest !== '' && onLine(rest));
}

/** Starts a process that outlives this one. */
export function startDetached(argv: readonly string[], options: SpawnOptions): ChildProcess {
  const [program = '', ...rest] = argv;
  const child = spawn(program, rest, { ...options, detached: true });
  child.unref();
  return child;
}
