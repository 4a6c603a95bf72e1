import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs a program that has the terminal: it reads and writes where this process does. Ctrl-C reaches it directly; on abort it
 * gets SIGTERM. Returns its exit code, 128 + the signal's number when a signal ended it, 127 when there is no such program.
 */
export function runInForeground(
  argv: readonly string[],
  options: { readonly cwd: string; readonly variables: { readonly [name: string]: string | undefined }; readonly signal: AbortSignal },
): Promise<number> {
  const [program = '', ...rest] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { cwd: options.cwd, env: { ...options.variables }, stdio: 'inherit' });
    const end = (): void => void child.kill('SIGTERM');
    options.signal.addEventListener('abort', end, { once: true });
    child.once('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? resolve(127) : reject(error)));
    child.once('exit', (code, signal) => {
      options.signal.removeEventListener('abort', end);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
