import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { type MeasuredFile, measureFileHere } from './hash-file.ts';

/** What a thread says of a file: its digest, or the error of reading it. */
export type Answer = MeasuredFile | { readonly error: unknown };

/** Threads that read and hash files beside everything else. They start when there is work and keep no process from ending. */
export interface HashThreads {
  /** Answers in the order of the paths, which one thread goes through. */
  readonly measure: (paths: readonly string[]) => Promise<readonly Answer[]>;
  /** How many have been started. */
  readonly count: () => number;
}

interface Job {
  readonly paths: readonly string[];
  readonly done: (answers: readonly Answer[]) => void;
}

/** More do not read faster than a disk gives. */
const mostThreads = 8;

export function openHashThreads(limit = Math.min(availableParallelism(), mostThreads)): HashThreads {
  const entry = new URL(`hash-thread${extname(import.meta.url)}`, import.meta.url);
  const waiting: Job[] = [];
  const idle: Worker[] = [];
  let count = 0;
  const assign = (): void => {
    for (let job = waiting[0]; job !== undefined; job = waiting[0]) {
      const thread = idle.pop() ?? (count < limit ? start() : undefined);
      if (thread === undefined) return;
      waiting.shift();
      work(thread, job);
    }
  };
  const start = (): Worker => {
    count += 1;
    const { Worker: Thread } = process.getBuiltinModule('node:worker_threads'); // loaded by those alone who need it: it takes long
    return new Thread(entry);
  };
  const work = (thread: Worker, { paths, done }: Job): void => {
    const settle = (answers: readonly Answer[]): void => {
      thread.off('message', answered);
      thread.off('error', broken);
      thread.unref();
      done(answers);
      assign();
    };
    const answered = (answers: readonly Answer[]): void => {
      idle.push(thread);
      settle(answers);
    };
    // A thread that could not be started, or ran out of memory: what it was to do is done here
    const broken = (): void => {
      count -= 1;
      settle(paths.map(answerHere));
    };
    thread.on('message', answered);
    thread.on('error', broken);
    thread.ref();
    thread.postMessage(paths);
  };
  return {
    count: () => count,
    measure: (paths) =>
      new Promise((done) => {
        waiting.push({ paths, done });
        assign();
      }),
  };
}

function answerHere(path: string): Answer {
  try {
    return measureFileHere(path);
  } catch (error) {
    return { error };
  }
}
