import { type Codec, areHopeless, squeezeHere, type SqueezedPieces } from './squeeze.ts';

/** Pieces one behind the other, so that they pass between threads as one, without a copy. */
export interface Joined {
  readonly content: Uint8Array<ArrayBuffer>;
  readonly lengths: readonly number[];
}

export interface JoinedSqueezed extends Joined {
  readonly codecs: readonly Codec[];
}

export function joined(pieces: readonly Uint8Array[]): Joined {
  const content = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    content.set(piece, at);
    at += piece.byteLength;
  }
  return { content, lengths: pieces.map(({ byteLength }) => byteLength) };
}

export function separate({ content, lengths, codecs }: JoinedSqueezed): SqueezedPieces {
  return {
    pieces: parts({ content, lengths }).map((stored, index) => ({ codec: codecs[index] ?? 'raw', stored })),
    release: () => void content.buffer.transfer(0),
  };
}

/** As {@link squeezeHere}. The content is no longer there afterwards. */
export function squeezeJoined(pieces: Joined): JoinedSqueezed {
  if (areHopeless(pieces.content)) return { ...pieces, codecs: pieces.lengths.map(() => 'raw') };
  const squeezed = squeezeHere(parts(pieces));
  const reply = { ...joined(squeezed.map(({ stored }) => stored)), codecs: squeezed.map(({ codec }) => codec) };
  pieces.content.buffer.transfer(0);
  return reply;
}

function parts({ content, lengths }: Joined): readonly Uint8Array[] {
  let at = 0;
  return lengths.map((length) => content.subarray(at, (at += length)));
}
