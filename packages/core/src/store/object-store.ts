import type { Digest, Json, Tree } from '@tidegate/formats';

/**
 * Content-addressed objects. Immutable: an object once there never changes. Every method may be called from many
 * processes at once; putting what is there already is cheap and does nothing.
 */
export interface ObjectStore {
  /** Puts bytes; they are durable when the promise resolves. */
  readonly putBytes: (bytes: Uint8Array | string) => Promise<{ readonly digest: Digest; readonly bytes: number }>;
  /** Puts a value as canonical JSON. */
  readonly putJson: (value: unknown) => Promise<{ readonly digest: Digest; readonly bytes: number }>;
  /** Puts a copy of a file, which is left alone. Pass `known` when the digest was computed already; it is checked while copying. */
  readonly putFile: (path: string, known?: Digest) => Promise<{ readonly digest: Digest; readonly bytes: number }>;
  /** Puts every file of a folder and the tree record. */
  readonly putTree: (
    folder: string,
    paths?: readonly string[],
  ) => Promise<{ readonly digest: Digest; readonly tree: Tree; readonly bytes: number }>;
  readonly has: (digest: Digest) => Promise<boolean>;
  /** Path of the object's file, read-only, for engines that read files (DuckDB). @throws TG-STORE-OBJECT-MISSING */
  readonly pathOf: (digest: Digest) => Promise<string>;
  /** @throws TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT */
  readonly readBytes: (digest: Digest) => Promise<Uint8Array>;
  /** @throws TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT */
  readonly readJson: (digest: Digest) => Promise<Json>;
  readonly readTree: (digest: Digest) => Promise<Tree>;
  /** Writes a private copy (reflink where possible) that the reader may change. */
  readonly checkOut: (digest: Digest, path: string, options?: { readonly executable?: boolean }) => Promise<void>;
  /** Checks out every file of a tree below a folder. */
  readonly checkOutTree: (digest: Digest, folder: string) => Promise<void>;
}
