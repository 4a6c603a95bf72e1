import type { Digest, Json } from '@tidegate/formats';
import type { ObjectStore } from '../objects/object-store.ts';

/**
 * Where objects and records are shared between machines. `remote.conformance.ts` is the suite that every adapter passes.
 *
 * - **Objects** are named by their digest, which is checked whenever bytes go in or out. **Records** are JSON under a name.
 * - Any number of processes on any machines read and write at once. What is there is whole: a writer that is killed leaves nothing that
 *   a reader sees. Putting what is there already is cheap and does nothing.
 * - Nothing is ever listed: whoever wants something knows its name.
 * - A remote that nobody has written to yet is empty, and no error.
 *
 * Every method throws TG-STORE-REMOTE when the place cannot be used at all; what writes, TG-STORE-REMOTE-NOT-WRITABLE.
 */
export interface Remote {
  /** Where it is, for a person. */
  readonly address: string;
  /** Which of these objects it does not have whole; a length of null is not compared. One request for many. */
  readonly missing: ObjectStore['missing'];
  /** Puts the bytes of a file. @throws TG-STORE-FILE-CHANGED when they do not have the digest */
  readonly putObject: (digest: Digest, path: string) => Promise<void>;
  /**
   * Writes an object to a path where nothing is.
   * @returns false when it is not there
   * @throws TG-STORE-OBJECT-CORRUPT when its bytes have another digest; it is missing from then on, wherever that can be noted
   */
  readonly getObject: (digest: Digest, path: string) => Promise<boolean>;
  /** Names are parts of letters, digits, `_` and `-` with `/` between. @returns null when there is none, or none that is JSON */
  readonly readRecord: (name: string) => Promise<Json | null>;
  /** Puts a record where none is. @returns whether it did: of two at once the first one counts */
  readonly addRecord: (name: string, record: Json) => Promise<boolean>;
  /** Puts a record in the place of whatever is there. */
  readonly replaceRecord: (name: string, record: Json) => Promise<void>;
}
