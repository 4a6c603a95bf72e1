import { statSync } from 'node:fs';
import type { HashThreads } from '../hash-threads.ts';
import { threads } from '../threads.ts';
import { cutSegmentHere, longestPiece, type Piece, type Segment } from './cut-segment.ts';

/** Shorter files are cut at once. */
const shortFile = 2 << 20;

/** What one thread cuts at a time; a multiple of the longest piece, so that where nothing says where to cut, parts fit as well. */
const segmentBytes = 256 * longestPiece;

/** How far into the next part a part is cut: from where both have a cut, which takes a few pieces, all others are the same. */
const overlapBytes = 8 * longestPiece;

export interface CutOptions {
  readonly signal?: AbortSignal;
  /** Default: those of this process. */
  readonly pool?: HashThreads;
}

/**
 * The pieces of a file in their order, cut where its content says so (`cut-segment.ts`), so that two files that are alike have most pieces in common. Several
 * threads cut a long file; the cuts are those of one. Memory is bounded whatever the size. A file that is written to meanwhile gives pieces that do
 * not belong together: whoever needs to know compares the digest of the whole.
 *
 * @throws what reading throws; the reason of the signal
 */
export async function* cutFile(path: string, { signal, pool = threads }: CutOptions = {}): AsyncGenerator<Piece, void, undefined> {
  signal?.throwIfAborted();
  const { size } = statSync(path);
  if (size <= shortFile) {
    yield* cutSegmentHere({ path, from: 0, until: size });
    return;
  }
  let next = 0; // where the next piece begins
  for await (const { segment, pieces } of cutInParts(path, size, pool)) {
    signal?.throwIfAborted();
    if (next === size) return;
    const isCommon = pieces.some(({ offset }) => offset === next);
    for (const piece of isCommon ? pieces : await pool.cut({ ...segment, from: next }))
      if (piece.offset === next) {
        yield piece;
        next += piece.bytes;
      }
  }
}

interface CutPart {
  readonly segment: Segment;
  readonly pieces: readonly Piece[];
}

/** Each part cut as if a piece began at its beginning, a few of them ahead of whoever takes them. */
async function* cutInParts(path: string, size: number, pool: HashThreads): AsyncGenerator<CutPart> {
  const ahead: Promise<CutPart>[] = [];
  let from = 0;
  for (;;) {
    for (; ahead.length <= pool.limit && from < size; from += segmentBytes) {
      const segment = { path, from, until: Math.min(from + segmentBytes + overlapBytes, size) };
      const part = pool.cut(segment).then((pieces) => ({ segment, pieces }));
      part.catch(() => {}); // told when its turn comes
      ahead.push(part);
    }
    const first = ahead.shift();
    if (first === undefined) return;
    yield await first;
  }
}
