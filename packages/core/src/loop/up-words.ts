import type { LoopNote } from '@tidegate/formats';
import type { UpStatus, WatchedMonitor } from './status.ts';

/** How what the loop knows is shown; the words are not the engine's. */
export interface UpWords {
  /** A line of the log. */
  readonly line: (note: LoopNote) => string;
  /** The whole live page as one HTML document. */
  readonly page: (status: UpStatus, monitors: readonly WatchedMonitor[]) => string;
  /** Its parts by the id of their element, for bringing an open page up to date. */
  readonly parts: (status: UpStatus, monitors: readonly WatchedMonitor[]) => { readonly [id: string]: string };
}
