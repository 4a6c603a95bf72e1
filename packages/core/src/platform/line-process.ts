import { spawn } from 'node:child_process';
import { splitLines } from './lines.ts';
import { killGroup } from './process-family.ts';

export interface LineProcessOptions {
  readonly cwd: string;
  /** The whole environment of the child: nothing is inherited. */
  readonly variables: { readonly [name: string]: string };
  /** What it says on stderr. */
  readonly onError: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A process that is told lines and answers with lines; it ends by itself when its input does, so also when this process is killed. */
export interface LineProcess {
  /** Sends a line, and resolves with the next line that comes back; null when the process ends instead. */
  readonly ask: (line: string) => Promise<string | null>;
  /** The next line that comes by itself; null when the process ends instead. */
  readonly next: () => Promise<string | null>;
  /** How it ended, in words: `exit code 1`, `signal SIGKILL`. Resolves when it has. */
  readonly ended: Promise<string>;
  /** Ends its input, and waits for its end. */
  readonly close: () => Promise<void>;
}

/** Starts the process in a group of its own. On abort the group is ended. @throws the error of spawn when it cannot be started */
export function openLineProcess(argv: readonly string[], { cwd, variables, onError, signal }: LineProcessOptions): LineProcess {
  const [program = '', ...rest] = argv;
  const child = spawn(program, rest, { cwd, env: { ...variables }, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const waiting: ((line: string | null) => void)[] = [];
  let isOver = false;
  splitLines(child.stdout, (line) => {
    const wait = waiting.shift();
    if (wait === undefined) lines.push(line);
    else wait(line);
  });
  splitLines(child.stderr, onError);
  child.stdin.on('error', () => {}); // a dead process is reported by its end
  const end = (): void => killGroup(child.pid, 'SIGKILL');
  signal.addEventListener('abort', end, { once: true });
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, by) => {
      isOver = true;
      killGroup(child.pid, 'SIGKILL'); // what it left behind in its group
      signal.removeEventListener('abort', end);
      for (const wait of waiting.splice(0)) wait(null);
      resolve(code === null ? `signal ${by ?? ''}` : `exit code ${code}`);
    });
  });
  const next = async (): Promise<string | null> => {
    const line = lines.shift();
    if (line !== undefined) return line;
    if (isOver) return null;
    return Promise.race([new Promise<string | null>((resolve) => waiting.push(resolve)), ended.then(() => null)]);
  };
  return {
    next,
    ask: (line) => {
      child.stdin.write(`${line}\n`);
      return next();
    },
    ended,
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
