import type { Digest, Json } from '@tidegate/formats';

/**
 * Named whole files in a place that many machines reach: a folder, a bucket, a server. All that a remote keeps is made of them; `remote-files.conformance.ts`
 * is the suite that every adapter passes. It knows nothing of objects, records or zones; a place with accounts may refuse what an account may not.
 *
 * - **Names** are parts of letters, digits, `.`, `_` and `-` with `/` between; no part begins with `.`.
 * - A file is there whole or not at all, whoever is killed at whatever moment; one that is written again is the old or the new one for every reader.
 * - Any number of processes on any machines read and write at once; of several conditional writes that start from the same state exactly one is done.
 * - What was written is durable when the promise resolves.
 * - Memory is bounded whatever the length, unless the bytes themselves are handed over. Adapters try again by themselves what is transient.
 * - An aborted signal ends a call soon with the signal's reason; what was moved so far stays for whoever goes on.
 *
 * Throws TG-STORE-REMOTE when the place is none that can be used, TG-STORE-REMOTE-UNREACHABLE when it does not answer, TG-STORE-REMOTE-NOT-WRITABLE
 * when it takes nothing, TG-STORE-REMOTE-ZONE when it refuses an account.
 */
export interface RemoteFiles {
  /** Where it is, for a person; no secret is in it. */
  readonly address: string;
  /**
   * Collects garbage as `collectRemote` does, in a place that hides files from this account, so that only the place itself can say what is garbage. Gives the
   * report. Default: nothing is hidden, and whoever may do so collects it from outside.
   */
  readonly collect?: (request: CollectRequest) => Promise<Json>;
  /** Resolves when the place can be read; throws what is wrong with it. One that nobody has written to is fine. */
  readonly check: (options?: Abortable) => Promise<void>;
  /** Reads a file, or a part of it, into memory; null when it is not there. A part that reaches beyond the end is cut there. */
  readonly read: (name: string, options?: ReadOptions) => Promise<FoundFile | null>;
  /**
   * Gets a file to a path. What lies there already is taken for its beginning, and only the rest is asked for; when the digest does not fit in the end,
   * the whole is asked for once. Null when the file is not there; then nothing is at the path either.
   *
   * @throws TG-STORE-OBJECT-CORRUPT when its bytes have another digest than the one asked for; nothing is at the path then
   */
  readonly download: (name: string, path: string, options?: TransferOptions) => Promise<Downloaded | null>;
  /**
   * Writes bytes, or those of the file at a path. With a `digest` an upload that was interrupted goes on where it ended, whoever calls again with the same
   * name and digest; without one it begins anew. Whether a large source must be sent is asked first.
   *
   * @throws TG-STORE-FILE-CHANGED when the source does not have the digest
   */
  readonly write: (name: string, source: Uint8Array | string, options?: WriteOptions) => Promise<Written>;
  /** Takes files out; one that is not there is no error. */
  readonly remove: (names: readonly string[], options?: RemoveOptions) => Promise<void>;
  /** Takes out what uploads that were interrupted before a moment (milliseconds since 1970) have left and nobody went on with. */
  readonly tidy: (before: number, options?: Abortable) => Promise<void>;
  /** Every file whose name begins with the prefix, in no order: for garbage collection and verification, and for nothing else. */
  readonly list: (prefix: string, options?: Abortable) => AsyncIterable<ListedFile>;
}

export interface Abortable {
  readonly signal?: AbortSignal | undefined;
}

export interface RemoveOptions extends Abortable {
  /** Whether what the place itself keeps of them goes as well: versions of before, where it has some. Default false. */
  readonly everyVersion?: boolean;
}

export interface CollectRequest extends Abortable {
  readonly graceMs: number;
  readonly dryRun: boolean;
}

/** Bytes of a file from one position (counted from 0) up to and without another. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

export interface ReadOptions extends Abortable {
  /** Default: the whole file. */
  readonly range?: ByteRange | undefined;
}

export interface FoundFile {
  readonly bytes: Uint8Array;
  /** Length of the whole file. */
  readonly size: number;
  /** Opaque: differs whenever the bytes of the file do. */
  readonly tag: string;
}

export interface TransferOptions extends Abortable {
  /** SHA-256 of the whole file. Default: not checked. */
  readonly digest?: Digest | undefined;
  /** Told of bytes as they move; what need not move again is not told. Default: nobody is told. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** `absent`: only where nothing is; a tag: only in the place of the file that has it; null: whatever is there. */
export type Condition = 'absent' | { readonly tag: string } | null;

export interface WriteOptions extends TransferOptions {
  /** Default null. */
  readonly onlyIf?: Condition;
}

export interface Downloaded {
  readonly size: number;
  readonly tag: string;
  /** Bytes that came over the line. */
  readonly moved: number;
}

/** Whether it was written: a condition that does not hold is no error. */
export type Written =
  | { readonly written: true; readonly tag: string; /** Bytes that went over the line. */ readonly moved: number }
  | { readonly written: false };

export interface ListedFile {
  readonly name: string;
  readonly size: number;
  /** Milliseconds since 1970, by the clock of the place. */
  readonly changedAtMs: number;
}

/** The file that says that a place is a remote. An adapter that has seen it and finds it gone does not make the place anew. */
export const markerName = 'tidegate-remote.json';

const form = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

/** @throws Error (a bug) for what can be no name of a file */
export function requireFileName(name: string): void {
  if (!form.test(name)) throw new Error(`Cannot name a file of a remote "${name}"; please report this`);
}
