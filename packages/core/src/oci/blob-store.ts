import type { Digest } from '@tidegate/formats';

/** Where blobs lie by their digest; the store of objects is one, for both name things by SHA-256. */
export interface BlobStore {
  readonly has: (digest: Digest) => Promise<boolean>;
  /** Of a file that is only read. */
  readonly pathOf: (digest: Digest) => Promise<string>;
  readonly readBytes: (digest: Digest) => Promise<Uint8Array>;
  readonly putBytes: (bytes: Uint8Array | string) => Promise<{ readonly digest: Digest; readonly bytes: number }>;
  /** Takes a file that the caller made and gives away. */
  readonly takeFile: (path: string, digest: Digest) => Promise<{ readonly digest: Digest; readonly bytes: number }>;
}
