import type { LoopEvent, LoopNote } from '@tidegate/formats';
import type { WatchedProject } from './test-project.ts';
import { keepUp, type UpOptions } from './up.ts';

const words = { line: (note: LoopNote) => JSON.stringify(note.what), page: () => '<!doctype html>', parts: () => ({ log: '' }) };

/** `tidegate up` at work in a project of a test; it ends with the test. */
export interface Up {
  readonly notes: readonly LoopEvent[];
  /** Resolves with the first note from now on that fits. */
  readonly noted: (fits: (what: LoopEvent) => boolean) => Promise<LoopEvent>;
  readonly end: () => Promise<number>;
  readonly ended: Promise<number>;
}

export function up(project: WatchedProject, more: Partial<UpOptions> = {}): Up {
  const stop = new AbortController();
  const notes: LoopEvent[] = [];
  const listeners = new Set<(what: LoopEvent) => void>();
  const ended = keepUp({
    open: project.open,
    to: null,
    port: null,
    clockFile: null,
    once: false,
    words,
    onNote: ({ what }) => {
      notes.push(what);
      for (const listener of listeners) listener(what);
    },
    onWait: () => {},
    emit: () => {},
    signal: stop.signal,
    ...more,
  });
  const end = (): Promise<number> => {
    stop.abort();
    return ended;
  };
  project.atEnd(() => end().catch(() => {}));
  const noted: Up['noted'] = (fits) =>
    new Promise((resolve, reject) => {
      const found = notes.find(fits);
      if (found !== undefined) return resolve(found);
      listeners.add((what) => fits(what) && resolve(what));
      ended.then(() => reject(new Error(`It ended before: ${JSON.stringify(notes)}`)), reject);
    });
  return { notes, noted, end, ended };
}
