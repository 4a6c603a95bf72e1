import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { LoopEvent, LoopNote } from '@tidegate/formats';
import { type Stage, tidegateProgram } from './play.ts';

/** A started `tidegate up`. */
export interface RunningUp {
  readonly child: ChildProcess;
  readonly notes: readonly LoopEvent[];
  /** The first note, from the first one on or from `after` on, that fits. */
  readonly noted: (fits: (what: LoopEvent) => boolean, after?: number) => Promise<LoopEvent>;
  /** What it printed for people, on stderr. */
  readonly said: () => string;
  /** Resolves when it says this on stderr. */
  readonly saying: (text: string) => Promise<void>;
  /** Sends a signal and waits for its end. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** Starts `tidegate up --json` in the project; on disposal it is killed. */
export function startUp(at: Pick<Stage, 'project' | 'variables'>, words: readonly string[] = []): RunningUp & Disposable {
  const child = spawn(process.execPath, [tidegateProgram, 'up', '--json', ...words], {
    cwd: at.project,
    env: at.variables,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const notes: LoopEvent[] = [];
  let stderr = '';
  const listeners = new Set<() => void>();
  const told = (): void => listeners.forEach((listener) => listener());
  createInterface({ input: child.stdout }).on('line', (line) => {
    notes.push((JSON.parse(line) as LoopNote).what);
    told();
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    told();
  });
  const closed = new Promise<number | null>((done) => child.once('close', done));
  const until = <T>(find: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        listeners.delete(look);
        resolve(found);
      };
      listeners.add(look);
      look();
      void closed.then((code) => reject(new Error(`It ended with ${code} before: ${JSON.stringify(notes, null, 1)}\n${stderr}`)));
    });
  return {
    child,
    notes,
    noted: (fits, after = 0) => until(() => notes.slice(after).find(fits)),
    said: () => stderr,
    saying: (text) => until(() => (stderr.includes(text) ? true : undefined)).then(() => {}),
    end: (signal) => {
      child.kill(signal);
      return closed;
    },
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}

export const hasPassed = (what: LoopEvent): boolean => what.kind === 'path-ended' && what.outcome === 'passed';
