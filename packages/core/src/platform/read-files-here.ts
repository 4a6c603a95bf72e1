import { hash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { type Digest, digestOfHex } from '@tidegate/formats';

export interface FileToRead {
  readonly path: string;
  /** How long it is expected to be. */
  readonly bytes: number;
}

/** A file that was read whole: its part of `content`. */
export interface ReadFile {
  readonly digest: Digest;
  readonly from: number;
  readonly to: number;
}

/** Short files one behind the other, so that they pass between threads as one. */
export interface ReadFiles {
  readonly content: Uint8Array;
  /** In the order that was asked for; null for one that could not be read, or was longer than expected. */
  readonly files: readonly (ReadFile | null)[];
}

/** Reads and hashes files one after the other while the thread waits. */
export function readFilesHere(wanted: readonly FileToRead[]): ReadFiles {
  const content = Buffer.allocUnsafeSlow(wanted.reduce((sum, { bytes }) => sum + bytes + 1, 0));
  let from = 0;
  const files = wanted.map((file): ReadFile | null => {
    const length = readInto(content, from, file);
    if (length === null) return null;
    const to = from + length;
    const read = { digest: digestOfHex(hash('sha256', content.subarray(from, to), 'hex')), from, to };
    from = to;
    return read;
  });
  return { content, files };
}

/** One byte more than expected is asked for: a file that gives it has grown. */
function readInto(content: Buffer, at: number, { path, bytes }: FileToRead): number | null {
  try {
    const handle = openSync(path, 'r');
    try {
      const length = readSync(handle, content, at, bytes + 1, null);
      return length > bytes ? null : length;
    } finally {
      closeSync(handle);
    }
  } catch {
    return null;
  }
}
