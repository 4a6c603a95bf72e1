import { createHash, hash } from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { type Digest, digestOfHex } from '@tidegate/formats';

export interface MeasuredFile {
  readonly digest: Digest;
  readonly bytes: number;
}

/** Files up to this size are read in one go, which is several times cheaper than piece by piece. */
export const smallFile = 1 << 20;

/** Digest and number of bytes read, from one pass over the file, while the thread waits. Memory is bounded whatever the size of the file. */
export function measureFileHere(path: string): MeasuredFile {
  if (statSync(path).size <= smallFile) {
    const content = readFileSync(path);
    return { digest: digestOfHex(hash('sha256', content)), bytes: content.byteLength };
  }
  const sum = createHash('sha256');
  const piece = Buffer.allocUnsafe(smallFile);
  const handle = openSync(path, 'r');
  try {
    let bytes = 0;
    for (let read = readSync(handle, piece); read > 0; read = readSync(handle, piece)) {
      sum.update(piece.subarray(0, read));
      bytes += read;
    }
    return { digest: digestOfHex(sum.digest('hex')), bytes };
  } finally {
    closeSync(handle);
  }
}
