import { createHash } from 'node:crypto';
import { type Digest, digestOfHex, hexOf } from '@tidegate/formats';
import type { Codec } from '../../platform/index.ts';

/** Where in a pack a piece is, and how it is stored there. */
export interface PackEntry {
  /** Of the bytes of the piece. */
  readonly digest: Digest;
  readonly offset: number;
  /** How many bytes it takes in the pack. */
  readonly stored: number;
  /** How many bytes it is. */
  readonly bytes: number;
  readonly codec: Codec;
}

/** What every pack begins with. Format: docs/reference/formats/pack.md. */
export const packMagic: Uint8Array = Buffer.from('TIDEPAK1');

/** A pack is no longer than this, so that one upload is worth its request and one download does not last. */
export const longestPack = 64 << 20;

/** No piece is longer. */
export const longestPackedPiece = 16 << 20;

const endMagic = Buffer.from('1KAPEDIT');
/** What the index takes for a piece. */
export const entryBytes = 44;
/** What every pack ends with: the digest of the index, how many entries it has, how long it is, the magic. */
export const trailerBytes = 32 + 4 + 4 + 8;
const codecs: readonly Codec[] = ['raw', 'zstd'];

/** The index and the trailer of a pack. */
export function packEnd(entries: readonly PackEntry[]): Uint8Array {
  const index = Buffer.alloc(entries.length * entryBytes);
  for (const [position, { digest, stored, bytes, codec }] of entries.entries()) {
    const at = position * entryBytes;
    index.write(hexOf(digest), at, 'hex');
    index.writeUInt32LE(stored, at + 32);
    index.writeUInt32LE(bytes, at + 36);
    index.writeUInt32LE(codecs.indexOf(codec), at + 40);
  }
  const counts = Buffer.alloc(8);
  counts.writeUInt32LE(entries.length, 0);
  counts.writeUInt32LE(index.length, 4);
  return Buffer.concat([index, createHash('sha256').update(index).digest(), counts, endMagic]);
}

/** How long the index before a trailer is; a text says what is wrong with the trailer. */
export function indexBytesOf(trailer: Uint8Array): number | string {
  const buffer = Buffer.from(trailer);
  if (buffer.length !== trailerBytes || !buffer.subarray(-8).equals(endMagic)) return 'it is cut short';
  const length = buffer.readUInt32LE(36);
  return length === buffer.readUInt32LE(32) * entryBytes ? length : 'its index has another length than it says';
}

/** The entries of a pack of so many bytes; a text says what is wrong. */
export function parsePackEnd(end: Uint8Array, packBytes: number): readonly PackEntry[] | string {
  const index = Buffer.from(end.subarray(0, -trailerBytes));
  const trailer = Buffer.from(end.subarray(-trailerBytes));
  if (!createHash('sha256').update(index).digest().equals(trailer.subarray(0, 32))) return 'its index is damaged';
  const entries: PackEntry[] = [];
  let offset = packMagic.length;
  for (let at = 0; at < index.length; at += entryBytes) {
    const codec = codecs[index.readUInt32LE(at + 40)];
    if (codec === undefined) return 'a piece is stored in a way that this Tidegate does not read';
    const stored = index.readUInt32LE(at + 32);
    const digest = digestOfHex(index.toString('hex', at, at + 32));
    entries.push({ digest, offset, stored, bytes: index.readUInt32LE(at + 36), codec });
    offset += stored;
  }
  return offset + end.length === packBytes ? entries : 'its pieces have another length than its index says';
}
