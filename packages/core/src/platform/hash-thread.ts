import { parentPort } from 'node:worker_threads';
import { measureFileHere } from './hash-file.ts';
import type { Answer } from './hash-threads.ts';

/** The thread behind `hash-threads.ts`. */
parentPort?.on('message', (paths: readonly string[]) => parentPort?.postMessage(paths.map(answerFor)));

function answerFor(path: string): Answer {
  try {
    return measureFileHere(path);
  } catch (error) {
    return { error };
  }
}
