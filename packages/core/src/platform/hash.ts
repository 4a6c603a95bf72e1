import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { type Digest, digestOfHex } from '@tidegate/formats';

/** Files up to this size are read in one go, which is several times cheaper than a stream. */
const smallFile = 1 << 20;

export function digestOfBytes(bytes: Uint8Array | string): Digest {
  return digestOfHex(createHash('sha256').update(bytes).digest('hex'));
}

/** Memory is bounded whatever the size of the file. */
export async function digestOfFile(path: string): Promise<Digest> {
  return (await measureFile(path)).digest;
}

/** Digest and number of bytes read, from one pass over the file. */
export async function measureFile(path: string): Promise<{ readonly digest: Digest; readonly bytes: number }> {
  if (statSync(path).size <= smallFile) {
    const content = readFileSync(path);
    return { digest: digestOfBytes(content), bytes: content.byteLength };
  }
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: smallFile }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.byteLength;
  }
  return { digest: digestOfHex(hash.digest('hex')), bytes };
}
