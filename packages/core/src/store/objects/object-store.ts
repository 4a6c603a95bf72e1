import type { Digest, Json, Tree, TreeEntry } from '@tidegate/formats';

/** What an object is called and how long it is. */
export interface StoredObject {
  readonly digest: Digest;
  readonly bytes: number;
}

/** The objects that a tree is made of. */
export interface TreeContents {
  /** Records, the topmost first. */
  readonly records: readonly Digest[];
  readonly files: readonly StoredObject[];
}

/** An object as it lies in the store. */
export interface ObjectEntry extends StoredObject {
  /** Milliseconds since 1970: when it was stored, or put again. */
  readonly storedAtMs: number;
  readonly place: 'database' | 'file' | 'pack';
}

/** One of many files that are put. */
export interface FileToPut {
  readonly path: string;
  /** Its digest, when it was computed already; it is checked. */
  readonly known?: Digest;
  /** Its length, when that is known; one that is wrong costs time and nothing else. */
  readonly bytes?: number;
}

/** One of many files that are checked out. */
export interface FileToCheckOut {
  readonly digest: Digest;
  readonly path: string;
  readonly executable?: boolean;
  /** Another name beside it, which it is written under first, so that it appears whole or not at all. Default: it is written under its own. */
  readonly by?: string;
}

/** Files from here on are shared where a place is sealed: for a shorter one the mount that seals it costs about what the copy does. */
export const shortestShared = 1 << 20;

/** How an object is written out of the store. */
export interface CheckOutOptions {
  readonly executable?: boolean;
  /**
   * - `copy` (default): a private copy that the reader may change, by reflink where the file system can.
   * - `shared`: a read-only file that may be the object itself under a second name (a hard link), which costs no bytes and no time. Only for
   *   a place where nobody can write whatever the modes say, such as a read-only bind of the sandbox: the root user ignores modes.
   * - `sealed`: for such a place, where modes are to be as usual: of at least {@link shortestShared} bytes a reflink of its own, or where there is
   *   none a link as with `shared`, read-only; of fewer, and where neither can be, a copy.
   */
  readonly as?: 'copy' | 'shared' | 'sealed';
}

/**
 * Content-addressed objects. Immutable: an object once there never changes. Every method may be called from many
 * processes at once; putting what is there already is cheap and does nothing. `object-store.conformance.ts` is the suite
 * that every adapter passes.
 */
export interface ObjectStore {
  /** Puts bytes; they are durable when the promise resolves. @throws TG-STORE-DISK-FULL, TG-STORE-NOT-WRITABLE (every `put…`) */
  readonly putBytes: (bytes: Uint8Array | string) => Promise<StoredObject>;
  /** Puts a value as canonical JSON. */
  readonly putJson: (value: unknown) => Promise<StoredObject>;
  /**
   * Puts a copy of a file, which is left alone. Pass `known` when the digest was computed already; it is checked while copying.
   * @throws TG-STORE-FILE-CHANGED when the file does not have the digest `known`
   */
  readonly putFile: (path: string, known?: Digest) => Promise<StoredObject>;
  /**
   * Puts a file that the caller made, knows the digest of, and gives away: nobody writes to it any more. Where both lie on one file system it becomes the object, and nothing is
   * copied. Its own name may stay, and is the caller's to remove.
   */
  readonly takeFile: (path: string, digest: Digest) => Promise<StoredObject>;
  /**
   * As `putFile` for each file, in their order; many small ones cost a fraction of that. When it fails, some of them may be stored.
   * @throws TG-STORE-FILE-CHANGED
   */
  readonly putFiles: (files: readonly FileToPut[]) => Promise<readonly StoredObject[]>;
  /**
   * Puts files of a folder, all of them unless `paths` says which, and the tree record; `bytes` is the sum over files.
   * A symbolic link to a file of the folder counts as that file.
   * @throws TG-STORE-LINK for any other link, TG-STORE-NAME for a name that is not UTF-8
   */
  readonly putTree: (
    folder: string,
    paths?: readonly string[],
  ) => Promise<{ readonly digest: Digest; readonly tree: Tree; readonly bytes: number }>;
  /** Puts the records of a folder whose files are in the store already, in any order; `bytes` is the sum over files. */
  readonly putEntries: (entries: readonly TreeEntry[]) => Promise<StoredObject>;
  readonly has: (digest: Digest) => Promise<boolean>;
  /** Which of these are not there whole; a length of null is not compared. One call for many: far cheaper than `has`. */
  readonly missing: (objects: readonly { readonly digest: Digest; readonly bytes: number | null }[]) => Promise<readonly Digest[]>;
  /** As `missing`; those that are here are as young as if they had been put again, so that no garbage collection under way takes them. */
  readonly renew: (digests: readonly Digest[]) => Promise<readonly Digest[]>;
  /**
   * Brings objects here that are elsewhere, many at once, so that reading them cannot fail for want of what is far away.
   * @returns those that are nowhere, or damaged where they are
   */
  readonly fetch: (objects: readonly { readonly digest: Digest; readonly bytes: number | null }[]) => Promise<readonly Digest[]>;
  /**
   * Path of the object's file, read-only, for engines that read files (DuckDB). The bytes are checked when this process asks for the first time,
   * and again when the file's stat has changed since. @throws as {@link readBytes}
   */
  readonly pathOf: (digest: Digest) => Promise<string>;
  /** The bytes, checked. @throws TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT */
  readonly readBytes: (digest: Digest) => Promise<Uint8Array>;
  /** @throws TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT */
  readonly readJson: (digest: Digest) => Promise<Json>;
  /** @throws TG-STORE-TREE when the object is no tree or names files outside the folder; TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT */
  readonly readTree: (digest: Digest) => Promise<Tree>;
  /** What a tree is made of, without reading any file of it: what is to be there, or carried elsewhere. @throws as {@link readTree} */
  readonly contentsOf: (tree: Digest) => Promise<TreeContents>;
  /** Writes the object to a path, in the place of any file there, and checks it as {@link pathOf} does. @throws as {@link readBytes} */
  readonly checkOut: (digest: Digest, path: string, options?: CheckOutOptions) => Promise<void>;
  /** As `checkOut` for each file; many small ones cost a fraction of that. @throws as {@link readBytes} */
  readonly checkOutFiles: (files: readonly FileToCheckOut[], options?: Pick<CheckOutOptions, 'as'>) => Promise<void>;
  /** Checks out every file of a tree below a folder; links stay links. @throws as {@link readTree} */
  readonly checkOutTree: (digest: Digest, folder: string, options?: Pick<CheckOutOptions, 'as'>) => Promise<void>;
}
