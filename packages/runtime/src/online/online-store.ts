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
   * Makes the view version hold exactly these batches, at once. Memory is bounded by one batch. A crash leaves what was there.
   *
   * @returns false when the store already holds what was computed for a later moment, and changes nothing then.
   */
  readonly replace: (version: Digest, batches: AsyncIterable<readonly OnlineEntry[]>, asOfUs: number) => Promise<boolean>;
  /** The newest event of a view version, in microseconds since 1970, UTC; null when it is not there or has no rows. */
  readonly newestEvent: (version: Digest) => Promise<number | null>;
  /** Every view version, sorted by version. */
  readonly views: () => Promise<readonly OnlineView[]>;
  /** Deletes every view version but these. @returns the versions deleted */
  readonly keepOnly: (versions: ReadonlySet<Digest>) => Promise<readonly Digest[]>;
  readonly close: () => void;
}
