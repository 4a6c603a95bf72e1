import { spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface ForegroundOptions {
  readonly cwd: string;
  readonly variables: { readonly [name: string]: string | undefined };
  readonly signal: AbortSignal;
  /** Whether what it prints goes to stderr, all of it: where stdout carries something else. Default no. */
  readonly toStderr?: boolean;
}

/**
 * Runs a program that has the terminal: it reads and writes where this process does. Ctrl-C reaches it directly; on abort it
 * gets SIGTERM. Returns its exit code, 128 + the signal's number when a signal ended it.
 *
 * @throws the error of spawn (for instance ENOENT) when the program cannot be started
 */
export function runInForeground(argv: readonly string[], options: ForegroundOptions): Promise<number> {
  const { cwd, variables, signal, toStderr = false } = options;
  const [program = '', ...rest] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { cwd, env: { ...variables }, stdio: ['inherit', toStderr ? 2 : 'inherit', 'inherit'] });
    const end = (): void => void child.kill('SIGTERM');
    signal.addEventListener('abort', end, { once: true });
    child.once('error', reject);
    child.once('exit', (code, ended) => {
      signal.removeEventListener('abort', end);
      resolve(code ?? 128 + (ended === null ? 0 : constants.signals[ended]));
    });
  });
}
