import type { HashThreads } from './hash-threads.ts';
import { squeezeHere, type SqueezedPieces } from './squeeze.ts';
import { threads } from './threads.ts';

/** Fewer bytes are squeezed at once: starting a thread takes as long. */
const fewBytes = 2 << 20;

/** As {@link squeezeHere}, by a thread beside this one when they are many. */
export async function squeezePieces(pieces: readonly Uint8Array[], pool: HashThreads = threads): Promise<SqueezedPieces> {
  const bytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  return bytes < fewBytes ? { pieces: squeezeHere(pieces), release: () => {} } : pool.squeeze(pieces);
}
