import { createHash } from 'node:crypto';
import { type Digest, digestOfHex, type Json } from '@tidegate/formats';
import { open } from '../../platform/index.ts';
import { refusedArchive, type TarEntry } from '../../store/index.ts';

/** A longer manifest is none; it is held in memory. */
const longestManifest = 64 << 20;

/** @throws TG-STORE-BUNDLE when it is too long or no JSON */
export async function readManifest(file: string, { bytes, path }: TarEntry, content: AsyncIterable<Buffer>): Promise<Json> {
  if (bytes > longestManifest) throw refusedArchive(file, `its "${path}" is longer than ${longestManifest} bytes`);
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(piece);
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8')) as Json;
  } catch (error) {
    throw refusedArchive(file, `its "${path}" is no JSON`, error);
  }
}

/** Writes an object as it arrives. @returns the digest of what was written */
export async function writeObject(path: string, content: AsyncIterable<Buffer>): Promise<Digest> {
  const handle = await open(path, 'wx');
  const hash = createHash('sha256');
  try {
    for await (const piece of content) {
      hash.update(piece);
      await handle.writeFile(piece);
    }
  } finally {
    await handle.close();
  }
  return digestOfHex(hash.digest('hex'));
}
