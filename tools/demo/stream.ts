import { setTimeout as wait } from 'node:timers/promises';
import { openCaller } from './ask-production.ts';

/** Requests that go on until they are stopped, and what became of them. */
export interface Stream {
  /** Waits until this many more requests have come to their end. */
  readonly more: (requests: number) => Promise<void>;
  readonly stop: () => Promise<StreamFigures>;
}

export interface StreamFigures {
  readonly answered: number;
  /** How requests failed, e.g. `status 503` or `ECONNRESET`, with how often. */
  readonly failed: { readonly [how: string]: number };
  readonly slowestMs: number;
  /** Releases that answered, in their order. */
  readonly releases: readonly string[];
}

const callers = 4;
const pauseMs = 10;

/** Four callers that each keep a connection and ask again as soon as they are answered and 10 ms have passed. */
export function startStream(address: string, body: object): Stream {
  let [answered, ended] = [0, 0];
  let over = false;
  let slowestMs = 0;
  const failed: { [how: string]: number } = {};
  const releases: string[] = [];
  const call = async (): Promise<void> => {
    const caller = openCaller(address);
    while (!over) {
      const began = performance.now();
      const how = await caller.ask(body).then(
        ({ status, release = '' }) => {
          if (status !== 200) return `status ${status}`;
          if (!releases.includes(release)) releases.push(release);
          return null;
        },
        (error: NodeJS.ErrnoException) => error.code ?? error.message,
      );
      slowestMs = Math.max(slowestMs, performance.now() - began);
      ended++;
      if (how === null) answered++;
      else failed[how] = (failed[how] ?? 0) + 1;
      await wait(pauseMs);
    }
    caller.close();
  };
  const all = Promise.all(Array.from({ length: callers }, call));
  return {
    more: async (requests) => {
      const wanted = ended + requests;
      while (ended < wanted) await wait(pauseMs);
    },
    stop: async () => {
      over = true;
      await all;
      return { answered, failed, slowestMs, releases };
    },
  };
}

/** `4,201 requests were answered, none failed; the slowest took 31 ms` */
export function streamWords({ answered, failed, slowestMs }: StreamFigures): string {
  const failures = Object.entries(failed).map(([how, times]) => `${times} ${how}`);
  const none = failures.length === 0 ? 'none failed' : `failed: ${failures.join(', ')}`;
  return `${answered.toLocaleString('en')} requests were answered, ${none}; the slowest took ${Math.round(slowestMs)} ms`;
}

/** `2 releases answered` */
export function releasesWords({ releases }: StreamFigures): string {
  return `${releases.length} release${releases.length === 1 ? '' : 's'} answered`;
}
