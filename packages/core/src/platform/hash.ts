import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type Digest, digestOfHex } from '@tidegate/formats';

export function digestOfBytes(bytes: Uint8Array | string): Digest {
  return digestOfHex(createHash('sha256').update(bytes).digest('hex'));
}

/** Streams the file: memory is bounded whatever its size. */
export async function digestOfFile(path: string): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return digestOfHex(hash.digest('hex'));
}
