import { concurrently, digestOfBytes, unsqueezed } from '../../../platform/index.ts';
import type { FoundObject } from '../index/remote-index.ts';
import type { Abortable } from '../remote-files.ts';
import type { PackedPlace } from './packed-place.ts';
import { packName } from './pack-name.ts';
import { type PackPart, partsOf } from './ranges.ts';

/** Parts of packs on their way at once, each 4 MiB at most. */
const partsAtOnce = 8;

/** Pieces of a part handed over at once, so that whoever stores them can do it for many together. */
const handedAtOnce = 64;

export interface ReadParts {
  /** Pieces that are there with other bytes. */
  readonly damaged: readonly FoundObject[];
  /** Pieces whose pack is not there any more, or ends before them. */
  readonly gone: readonly FoundObject[];
}

interface PartOptions extends Abortable {
  readonly onMoved: (bytes: number) => void;
}

/** Reads pieces of packs, several parts at once, and hands each over once its digest was held against its bytes; a recipe is handed over as it is. */
export async function readPieces(
  place: Pick<PackedPlace, 'files'>,
  pieces: readonly FoundObject[],
  { signal, onMoved, receive }: PartOptions & { readonly receive: (piece: FoundObject, bytes: Uint8Array) => Promise<void> },
): Promise<ReadParts> {
  const damaged: FoundObject[] = [];
  const gone: FoundObject[] = [];
  await concurrently(partsAtOnce, partsOf(pieces), async (part) => {
    const found = await readPart(place, part, signal);
    if (found === null) return void gone.push(...part.pieces);
    onMoved(found.byteLength);
    await concurrently(handedAtOnce, part.pieces, async (piece) => {
      const stored = found.subarray(piece.offset - part.from, piece.offset - part.from + piece.stored);
      const bytes = piece.as === 'recipe' ? unsqueezed({ codec: piece.codec, stored }, longestRecipe) : checked(piece, stored);
      if (bytes === null) damaged.push(piece);
      else await receive(piece, bytes);
    });
  });
  return { damaged, gone };
}

const longestRecipe = 16 << 20;

async function readPart(
  { files }: Pick<PackedPlace, 'files'>,
  part: PackPart<FoundObject>,
  signal: AbortSignal | undefined,
): Promise<Uint8Array | null> {
  const { zone, pack, from, to } = part;
  const found = await files.read(packName(zone, pack), { range: { from, to }, signal });
  return found === null || found.bytes.byteLength < to - from ? null : found.bytes;
}

function checked({ digest, bytes, codec }: FoundObject, stored: Uint8Array): Uint8Array | null {
  const piece = unsqueezed({ codec, stored }, bytes);
  return piece !== null && piece.byteLength === bytes && digestOfBytes(piece) === digest ? piece : null;
}
