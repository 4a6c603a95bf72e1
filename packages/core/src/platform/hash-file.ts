import { createHash } from 'node:crypto';
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
  const hash = createHash('sha256');
  if (statSync(path).size <= smallFile) {
    const content = readFileSync(path);
    return { digest: digestOfHex(hash.update(content).digest('hex')), bytes: content.byteLength };
  }
  const piece = Buffer.allocUnsafe(smallFile);
  const handle = openSync(path, 'r');
  try {
    let bytes = 0;
    for (let read = readSync(handle, piece); read > 0; read = readSync(handle, piece)) {
      hash.update(piece.subarray(0, read));
      bytes += read;
    }
    return { digest: digestOfHex(hash.digest('hex')), bytes };
  } finally {
    closeSync(handle);
  }
}
