import type { Digest, Zone } from '@tidegate/formats';
import type { FoundObject } from '../index/remote-index.ts';

/** A part of a pack that is read by one request, and what lies in it. */
export interface PackPart<P extends Piece> {
  readonly zone: Zone;
  readonly pack: Digest;
  readonly from: number;
  readonly to: number;
  readonly pieces: readonly P[];
}

type Piece = Pick<FoundObject, 'zone' | 'pack' | 'offset' | 'stored'>;

/** Bytes that are read in vain rather than to ask once more. */
const widestGap = 128 << 10;

/** A part is no longer, unless one piece is. */
const longestPart = 4 << 20;

/** What lies close together in a pack is read together. */
export function partsOf<P extends Piece>(pieces: readonly P[]): readonly PackPart<P>[] {
  const parts: { zone: Zone; pack: Digest; from: number; to: number; pieces: P[] }[] = [];
  for (const group of Map.groupBy(pieces, ({ zone, pack }) => `${zone} ${pack}`).values()) {
    let part: (typeof parts)[number] | null = null;
    for (const piece of group.toSorted((a, b) => a.offset - b.offset)) {
      const end = piece.offset + piece.stored;
      if (part === null || piece.offset - part.to > widestGap || end - part.from > longestPart) {
        part = { zone: piece.zone, pack: piece.pack, from: piece.offset, to: end, pieces: [] };
        parts.push(part);
      }
      part.pieces.push(piece);
      part.to = Math.max(part.to, end);
    }
  }
  return parts;
}
