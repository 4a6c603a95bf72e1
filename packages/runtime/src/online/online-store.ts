import type { Digest } from '@tidegate/formats';
import type { Cell } from '../engine.ts';

/** What is stored for one entity: the values of its newest event. Times in microseconds since 1970, UTC. */
export interface OnlineRow {
  readonly eventUs: number;
  /** When the values became known; a look-up as of an earlier moment must not see them. */
  readonly knownUs: number;
  /** One for each feature of the view, in the view's order. */
  readonly values: readonly Cell[];
}

/** A row with the encoded key of its entity (`entityKeyCodec`). */
export interface OnlineEntry extends OnlineRow {
  readonly key: string;
}

/** What is stored of one view version. */
export interface OnlineView {
  readonly version: Digest;
  readonly entities: number;
  /** The moment the last {@link OnlineStore.replace} was computed for; null when there was none. */
  readonly asOfUs: number | null;
}

/** A file of a dataset whose rows are in what is stored. */
export interface ArrivedFile {
  readonly dataset: string;
  /** Relative to the project. */
  readonly path: string;
  readonly digest: Digest;
}

/** What had arrived when a view version was refreshed last: where the next refresh goes on. */
export interface ArrivalWatermark {
  /** Names how rows were read and which were left out: a change of that makes everything anew. */
  readonly reading: Digest;
  readonly files: readonly ArrivedFile[];
  /** The newest event of the view, available or not; null when it has no rows. */
  readonly newestEventUs: number | null;
  /** How far back the view looks, as its definition said; null = it does not say. */
  readonly lookbackMs: number | null;
  /** View rows that came after newer ones, since the watermark was started. */
  readonly lateRows: number;
}

/** How far a view version is. */
export interface OnlineProgress {
  /** Counts what was written to the view version: a change that was computed from an older state is refused. */
  readonly revision: number;
  /** The moment the rows are as of. */
  readonly asOfUs: number | null;
  /** Null when the rows were written otherwise than by {@link OnlineStore.advance}. */
  readonly watermark: ArrivalWatermark | null;
}

/** What a refresh changes. */
export interface OnlineAdvance {
  /** {@link OnlineProgress.revision} of the state that this was computed from; 0 for a view version that is not there. */
  readonly from: number;
  readonly asOfUs: number;
  readonly watermark: ArrivalWatermark;
  /**
   * Of which rows the change knows all that there is: of the whole view (null), or of some keys and of events from a time on. What is stored
   * of the others stays, and of the rows put aside those come into use whose time has come.
   */
  readonly about: { readonly keys: readonly string[]; readonly sinceUs: number | null } | null;
  /** The newest row of each key; put as it is, whatever was there. */
  readonly entries: AsyncIterable<readonly OnlineEntry[]>;
  /** Rows to put aside: they happen or become known after `asOfUs`. One for each key, event and time from which it may be used. */
  readonly later: AsyncIterable<readonly OnlineEntry[]>;
  /** Keys that have no row any more. */
  readonly gone: readonly string[];
}

/**
 * Newest feature values by view version and entity. Many processes read and write one store at once: a reader sees the
 * state before or after a write, never between. Of two rows of one key the greater (event, known) wins, whatever order they
 * come in; of two with equal times the later write wins.
 */
export interface OnlineStore {
  /** The rows of the keys, in their order; null for a key that is not there and for a null key. */
  readonly read: (version: Digest, keys: readonly (string | null)[]) => Promise<readonly (OnlineRow | null)[]>;
  /** Adds rows to what is there, all of them or none. */
  readonly write: (version: Digest, entries: readonly OnlineEntry[]) => Promise<void>;
  /**
   * Makes the view version hold exactly these batches, at once, with no watermark. Memory is bounded by one batch. A crash leaves what was there.
   *
   * @returns false when the store already holds what was computed for a later moment, and changes nothing then.
   */
  readonly replace: (version: Digest, batches: AsyncIterable<readonly OnlineEntry[]>, asOfUs: number) => Promise<boolean>;
  /** The newest event of a view version, in microseconds since 1970, UTC; null when it is not there or has no rows. Reads all rows. */
  readonly newestEvent: (version: Digest) => Promise<number | null>;
  /** When the last of the stored values may be used, the greatest of events and known times; null when nothing is stored. Reads all rows. */
  readonly lastUse: (version: Digest) => Promise<number | null>;
  /** When the next of the rows that were put aside comes into use, in microseconds since 1970; null when none waits. */
  readonly nextUse: (version: Digest) => Promise<number | null>;
  /** How far a view version is; null when it is not there. */
  readonly progress: (version: Digest) => Promise<OnlineProgress | null>;
  /**
   * Changes values, moment and watermark at once, and takes into use what was put aside until then. Memory is bounded by one batch. A
   * crash leaves what was there.
   *
   * @returns of how many keys rows that were put aside came into use; null when somebody has written the view version since `from`, and changes
   *   nothing then
   */
  readonly advance: (version: Digest, change: OnlineAdvance) => Promise<number | null>;
  /** Every view version, sorted by version. */
  readonly views: () => Promise<readonly OnlineView[]>;
  /** Deletes every view version but these. @returns the versions deleted */
  readonly keepOnly: (versions: ReadonlySet<Digest>) => Promise<readonly Digest[]>;
  readonly close: () => void;
}
