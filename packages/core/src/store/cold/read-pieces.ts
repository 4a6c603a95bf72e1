import { createHash } from 'node:crypto';
import { type Digest, digestOfHex } from '@tidegate/formats';
import { digestOfBytes, open, unsqueezed } from '../../platform/index.ts';
import { corrupt } from '../objects/failures.ts';
import type { Recipe } from '../packs/recipe.ts';
import type { PiecePlace } from './piece-index.ts';

type OpenFile = Awaited<ReturnType<typeof open>>;

/** Packs that are held open at once: pieces of one object mostly lie in few, one after the other. */
const mostOpen = 8;

/** Where pieces are looked for. */
export interface PieceSearch {
  readonly find: (piece: Digest) => PiecePlace | null;
  /** Told of a piece that is nowhere, or that is not what it should be. */
  readonly onLost?: (piece: Digest) => void;
}

/**
 * Whether the pieces make an object; `write` gets its bytes. When they do not, those that are to blame are told as lost.
 *
 * @throws TG-STORE-OBJECT-CORRUPT for a piece that is nowhere, or cannot be unfolded
 */
export async function unfold(
  { object, pieces }: Pick<Recipe, 'object' | 'pieces'>,
  search: PieceSearch,
  write: (bytes: Uint8Array) => Promise<void> = async () => {},
): Promise<boolean> {
  const hash = createHash('sha256');
  for await (const bytes of readPieces(pieces, search)) {
    hash.update(bytes);
    await write(bytes);
  }
  const isRight = digestOfHex(hash.digest('hex')) === object;
  if (!isRight) await tellDamaged(pieces, search);
  return isRight;
}

async function tellDamaged(pieces: readonly Digest[], search: PieceSearch): Promise<void> {
  let at = 0;
  for await (const bytes of readPieces(pieces, search)) {
    const piece = pieces[at];
    at += 1;
    if (piece !== undefined && digestOfBytes(bytes) !== piece) search.onLost?.(piece);
  }
}

/**
 * The bytes of pieces, one after the other. Whether they are the right ones is for whoever has the digest of the whole to say.
 *
 * @throws TG-STORE-OBJECT-CORRUPT for a piece that is nowhere, or cannot be unfolded
 */
export async function* readPieces(pieces: readonly Digest[], { find, onLost }: PieceSearch): AsyncGenerator<Uint8Array> {
  const files = new Map<string, OpenFile>();
  const lost = (piece: Digest): Error => {
    onLost?.(piece);
    return corrupt(piece);
  };
  try {
    for (const piece of pieces) {
      const place = find(piece);
      if (place === null) throw lost(piece);
      const { entry } = place;
      const file = files.get(place.path) ?? (await opened(place.path));
      if (file === null) throw lost(piece);
      await keep(files, place.path, file);
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(entry.stored), 0, entry.stored, entry.offset);
      const bytes = bytesRead === entry.stored ? unsqueezed({ codec: entry.codec, stored: buffer }, entry.bytes) : null;
      if (bytes?.byteLength !== entry.bytes) throw lost(piece);
      yield bytes;
    }
  } finally {
    for (const file of files.values()) await file.close();
  }
}

async function opened(path: string): Promise<OpenFile | null> {
  return open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}

/** The one that was used longest ago gives way. */
async function keep(files: Map<string, OpenFile>, path: string, file: OpenFile): Promise<void> {
  files.delete(path);
  files.set(path, file);
  const [oldest] = files;
  if (files.size <= mostOpen || oldest === undefined) return;
  files.delete(oldest[0]);
  await oldest[1].close();
}
