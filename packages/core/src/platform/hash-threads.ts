import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { cutSegmentHere, type Piece, type Segment } from './cut/cut-segment.ts';
import { type MeasuredFile, measureFileHere } from './hash-file.ts';
import { type FileToRead, type ReadFiles, readFilesHere } from './read-files-here.ts';
import { type Joined, joined, type JoinedSqueezed, separate } from './joined-pieces.ts';
import { squeezeHere, type SqueezedPieces } from './squeeze.ts';
import { type WriteFiles, writeFilesHere } from './write-files-here.ts';

/** What a thread says of a file: its digest, or the error of reading it. */
export type Answer = MeasuredFile | { readonly error: unknown };

/** Threads that read, hash, cut, squeeze and write beside everything else. They start when there is work and keep no process from ending. */
export interface HashThreads {
  /** Answers in the order of the paths, which one thread goes through. */
  readonly measure: (paths: readonly string[]) => Promise<readonly Answer[]>;
  /** Pieces of a part of a file. */
  readonly cut: (segment: Segment) => Promise<readonly Piece[]>;
  /** As `squeezeHere`. */
  readonly squeeze: (pieces: readonly Uint8Array[]) => Promise<SqueezedPieces>;
  /** As `readFilesHere`. */
  readonly read: (wanted: readonly FileToRead[]) => Promise<ReadFiles>;
  /** As `writeFilesHere`; the content is no longer here afterwards. */
  readonly write: (wanted: WriteFiles) => Promise<void>;
  /** How many have been started. */
  readonly count: () => number;
  /** How many there may be. */
  readonly limit: number;
}

/** What a thread is asked. */
export type Question =
  | { readonly kind: 'measure'; readonly paths: readonly string[] }
  | { readonly kind: 'cut'; readonly segment: Segment }
  | { readonly kind: 'squeeze'; readonly pieces: Joined }
  | { readonly kind: 'read'; readonly wanted: readonly FileToRead[] }
  | { readonly kind: 'write'; readonly wanted: WriteFiles };
/** Null of what could not be done. */
export type Reply = readonly Answer[] | readonly Piece[] | JoinedSqueezed | ReadFiles | 'written' | null;

interface Job {
  readonly question: Question;
  /** Null when no thread could do it. */
  readonly done: (reply: Reply) => void;
}

/** What a thread works with lives for a moment only: looking for rubbish more often keeps less of it, and takes no longer. */
const resourceLimits = { maxYoungGenerationSizeMb: 4 };

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
    return new Thread(entry, { resourceLimits });
  };
  const work = (thread: Worker, { question, done }: Job): void => {
    const settle = (reply: Reply): void => {
      thread.off('message', answered);
      thread.off('error', broken);
      thread.unref();
      done(reply);
      assign();
    };
    const answered = (reply: Reply): void => {
      idle.push(thread);
      settle(reply);
    };
    // A thread that could not be started, or ran out of memory
    const broken = (): void => {
      count -= 1;
      settle(null);
    };
    thread.on('message', answered);
    thread.on('error', broken);
    thread.ref();
    thread.postMessage(question, question.kind === 'squeeze' ? [question.pieces.content.buffer] : []);
  };
  const ask = (question: Question): Promise<Reply> =>
    new Promise((done) => {
      waiting.push({ question, done });
      assign();
    });
  // What a thread did not do is done here; an error then comes with all that belongs to it, which does not pass between threads.
  return {
    count: () => count,
    limit,
    measure: async (paths) => ((await ask({ kind: 'measure', paths })) as readonly Answer[] | null) ?? paths.map(answerHere),
    cut: async (segment) => ((await ask({ kind: 'cut', segment })) as readonly Piece[] | null) ?? cutSegmentHere(segment),
    squeeze: async (pieces) => {
      const reply = (await ask({ kind: 'squeeze', pieces: joined(pieces) })) as JoinedSqueezed | null;
      return reply === null ? { pieces: squeezeHere(pieces), release: () => {} } : separate(reply);
    },
    read: async (wanted) => ((await ask({ kind: 'read', wanted })) as ReadFiles | null) ?? readFilesHere(wanted),
    write: async (wanted) => {
      if ((await ask({ kind: 'write', wanted })) === null) writeFilesHere(wanted);
    },
  };
}

export function answerHere(path: string): Answer {
  try {
    return measureFileHere(path);
  } catch (error) {
    return { error };
  }
}
