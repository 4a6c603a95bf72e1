import { failure } from '@tidegate/formats';
import { digestOfBytes, open, unsqueezed } from '../../platform/index.ts';
import { corrupt } from '../objects/failures.ts';
import { indexBytesOf, longestPack, type PackEntry, packMagic, parsePackEnd, trailerBytes } from './pack-format.ts';

/**
 * The bytes of a piece from those that a pack has at its offset, checked.
 *
 * @throws TG-STORE-OBJECT-CORRUPT when they are others
 */
export function readPiece(stored: Uint8Array, { digest, bytes, codec }: PackEntry): Uint8Array {
  const piece = unsqueezed({ codec, stored }, bytes);
  if (piece === null || piece.byteLength !== bytes || digestOfBytes(piece) !== digest) throw corrupt(digest);
  return piece;
}

/**
 * What is in a pack, from its end; its pieces are not read.
 *
 * @throws TG-STORE-PACK for a file that is no pack, is cut short or has a damaged index
 */
export async function readPackIndex(path: string): Promise<readonly PackEntry[]> {
  const handle = await open(path, 'r');
  const readAt = async (offset: number, length: number): Promise<Uint8Array> => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
  try {
    const { size } = await handle.stat();
    if (size > longestPack || !Buffer.from(await readAt(0, packMagic.length)).equals(packMagic)) throw notAPack(path, 'it is no pack');
    const indexBytes = indexBytesOf(await readAt(Math.max(size - trailerBytes, 0), trailerBytes));
    if (typeof indexBytes === 'string') throw notAPack(path, indexBytes);
    const endBytes = indexBytes + trailerBytes;
    const entries = size < endBytes ? 'it is cut short' : parsePackEnd(await readAt(size - endBytes, endBytes), size);
    if (typeof entries === 'string') throw notAPack(path, entries);
    return entries;
  } finally {
    await handle.close();
  }
}

function notAPack(path: string, found: string): Error {
  return failure('TG-STORE-PACK', `Cannot read the pack "${path}": ${found}`, 'Run "tidegate store fsck", which says what was in it');
}
