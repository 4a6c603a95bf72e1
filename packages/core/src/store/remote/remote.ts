import type { Digest, Json, Zone } from '@tidegate/formats';
import type { ObjectStore } from '../objects/object-store.ts';
import type { Abortable, ByteRange, RemoteFiles } from './remote-files.ts';

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
  /** What it is made of, for garbage collection and verification. */
  readonly files: RemoteFiles;
  /** Resolves when the remote can be used. */
  readonly check: () => Promise<void>;
  /** Which of these objects it does not have whole; a length of null is not compared. One request for many. */
  readonly missing: ObjectStore['missing'];
  /** Puts bytes, or those of the file at a path. For more than one `putObjects` is far cheaper. @throws TG-STORE-FILE-CHANGED when they do not have the digest */
  readonly putObject: (digest: Digest, source: Uint8Array | string) => Promise<void>;
  /**
   * Puts the objects that are not there. Short ones travel together, and of long ones only what no other object has. What arrived before an
   * interruption counts, so that the same call afterwards sends the rest.
   * @throws TG-STORE-FILE-CHANGED when the bytes of one do not have its digest
   */
  readonly putObjects: (objects: readonly ObjectToPut[], options?: MovingOptions) => Promise<PutReport>;
  /**
   * Gets an object: a short one as bytes, a longer one as a file at the path, where nothing is.
   * @throws TG-STORE-OBJECT-CORRUPT when its bytes have another digest; it is missing from then on, wherever that can be noted
   */
  readonly getObject: (digest: Digest, path: string) => Promise<ReceivedObject>;
  /**
   * Gets many objects, several at once, each checked before it is handed over; what lies close together comes by one request.
   * @returns those that are not there, or have other bytes, which is noted wherever it can be
   */
  readonly getObjects: (digests: Iterable<Digest>, receive: ReceiveObject, options?: MovingOptions) => Promise<readonly Digest[]>;
  /** A part of an object, checked, of which no more is fetched than the pieces that it lies in; null when it is not there. @throws TG-STORE-OBJECT-CORRUPT */
  readonly readRange: (digest: Digest, range: ByteRange, options?: Abortable) => Promise<Uint8Array | null>;
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

export interface ObjectToPut {
  readonly digest: Digest;
  /** Its length; null where it is not known. */
  readonly bytes: number | null;
  /** Its bytes, or the path of a file that holds them, asked for only when the remote does not have it; null when it is nowhere. */
  readonly content: () => Promise<Uint8Array | string | null>;
}

/** Called for each object, several at once: with its bytes, or with the path of a file, which whoever receives it may move away. */
export type ReceiveObject = (digest: Digest, content: Uint8Array | string) => Promise<void>;

export interface MovingOptions extends Abortable {
  /** Told of bytes of objects as they are done with, whichever way. Default: nobody is told. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** How far many objects have got. */
export interface Progress {
  /** Objects done, of all that were missing where they go to. */
  readonly objects: { readonly done: number; readonly all: number };
  /** Bytes of objects, likewise; a lower bound of all where a length is not known. */
  readonly bytes: { readonly done: number; readonly all: number };
  /** Bytes that went over the line. */
  readonly moved: number;
}

export interface PutReport {
  /** What was not there before. */
  readonly objects: number;
  readonly bytes: number;
  /** Bytes that went over the line for it. */
  readonly moved: number;
  /** Objects that are nowhere. */
  readonly lost: readonly Digest[];
}

/** What came of asking for an object; null when it is not there. */
export type ReceivedObject = Uint8Array | 'at-path' | null;

/** One record; null when there is none. */
export async function readOneRecord(remote: Remote, name: string): Promise<Json | null> {
  const [record = null] = await remote.readRecords([name]);
  return record;
}
