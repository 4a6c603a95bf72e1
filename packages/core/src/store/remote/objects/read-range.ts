import type { Digest } from '@tidegate/formats';
import { corrupt } from '../../objects/failures.ts';
import { withView } from '../index/remote-index.ts';
import type { Abortable, ByteRange } from '../remote-files.ts';
import { type PieceAt, piecesOfRecipe } from './get-large.ts';
import { lossesOf } from './losses.ts';
import type { PackedPlace } from './packed-place.ts';
import { objectFileName } from './pack-name.ts';
import { readPieces } from './read-parts.ts';

/**
 * As `Remote.readRange`. An object that is a file of its own comes without being checked, for only the whole has a digest.
 */
export async function readRange(
  place: PackedPlace,
  digest: Digest,
  { range, signal }: Abortable & { readonly range: ByteRange },
): Promise<Uint8Array | null> {
  const losses = lossesOf(place.files.address);
  return withView(place.index, { signal }, async (view) => {
    const object = (await view.objects([digest])).get(digest);
    if (object === undefined) return null;
    if (object.as === 'file') return (await place.files.read(objectFileName(digest), { range, signal }))?.bytes ?? null;
    const pieces =
      object.as === 'piece'
        ? [{ digest, position: 0, found: object }]
        : await piecesOfRecipe({ place, view, losses, object, signal, onMoved: () => {} });
    if (pieces === null) throw corrupt(digest);
    const to = Math.min(range.to, object.bytes);
    const part = Buffer.alloc(Math.max(0, to - range.from));
    const wanted = pieces.filter(({ position, found }) => position < to && position + found.bytes > range.from);
    const at = Map.groupBy(wanted, (piece) => piece.digest);
    const once = [...at.values()].flatMap(([first]) => first?.found ?? []);
    const { damaged, gone } = await readPieces(place, once, {
      signal,
      onMoved: () => {},
      receive: async (found, bytes) => placeIn(part, { range, bytes, pieces: at.get(found.digest) ?? [] }),
    });
    if (damaged.length + losses.among(gone).length > 0) throw corrupt(digest);
    return part;
  });
}

interface Placing {
  readonly range: ByteRange;
  readonly bytes: Uint8Array;
  /** Where in the object these bytes are. */
  readonly pieces: readonly PieceAt[];
}

function placeIn(part: Buffer, { range, bytes, pieces }: Placing): void {
  for (const { position } of pieces) {
    const skip = Math.max(0, range.from - position);
    part.set(bytes.subarray(skip, skip + part.length - Math.max(0, position - range.from)), Math.max(0, position - range.from));
  }
}
