import type { Digest, Json, Zone } from '@tidegate/formats';
import type { ObjectStore } from '../objects/object-store.ts';

/**
 * Where objects and records are shared between machines, opened for one zone. `remote.conformance.ts` is the suite that every adapter passes.
 *
 * - **Objects** are named by their digest, which is checked whenever bytes go in or out. All zones share them: nobody can put other bytes under
 *   a digest and have them read. **Records** are JSON under a name, and `record-name.ts` says which zone may read and write which of them. An adapter
 *   refuses what its zone may not, whoever asks; one with a server lets the server decide, by whose token it is.
 * - Any number of processes on any machines read and write at once. What is there is whole: a writer that is killed leaves nothing that
 *   a reader sees. Putting what is there already is cheap and does nothing.
 * - Nothing is ever listed: whoever wants something knows its name.
 * - A remote that nobody has written to yet is empty, and no error.
 * - **Going on after an interruption**: whoever asks again names the same object, and what arrived whole is not sent again.
 *
 * `check` throws what is wrong with the place, if anything is. Every method throws TG-STORE-REMOTE when the place is none that can be used, and TG-STORE-REMOTE-UNREACHABLE when it does not answer; what writes,
 * TG-STORE-REMOTE-NOT-WRITABLE; what has to do with records, TG-STORE-REMOTE-ZONE.
 */
export interface Remote {
  /** Where it is, for a person. */
  readonly address: string;
  /** The zone of whoever opened it. */
  readonly zone: Zone;
  /** Resolves when the remote can be used. */
  readonly check: () => Promise<void>;
  /** Which of these objects it does not have whole; a length of null is not compared. One request for many. */
  readonly missing: ObjectStore['missing'];
  /** Puts bytes, or those of the file at a path. @throws TG-STORE-FILE-CHANGED when they do not have the digest */
  readonly putObject: (digest: Digest, source: Uint8Array | string) => Promise<void>;
  /**
   * Gets an object: a short one as bytes, a longer one as a file at the path, where nothing is.
   * @throws TG-STORE-OBJECT-CORRUPT when its bytes have another digest; it is missing from then on, wherever that can be noted
   */
  readonly getObject: (digest: Digest, path: string) => Promise<ReceivedObject>;
  /**
   * Reads records, one request for many. Names are parts of letters, digits, `_` and `-` with `/` between.
   * @returns in the order of the names; null for one that is not there, or is not JSON
   */
  readonly readRecords: (names: readonly string[]) => Promise<readonly (Json | null)[]>;
  /** Puts a record where none is. @returns whether it did: of two at once the first one counts */
  readonly addRecord: (name: string, record: Json) => Promise<boolean>;
  /** Puts a record in the place of whatever is there. */
  readonly replaceRecord: (name: string, record: Json) => Promise<void>;
}

/** What came of asking for an object; null when it is not there. */
export type ReceivedObject = Uint8Array | 'at-path' | null;

/** One record; null when there is none. */
export async function readOneRecord(remote: Remote, name: string): Promise<Json | null> {
  const [record = null] = await remote.readRecords([name]);
  return record;
}
