import { type Digest, digestOfHex, hexOf } from '@tidegate/formats';
import type { Placed, PlacedAs } from './placed.ts';

/** A sorted, immutable part of an index. */
export interface Shard {
  readonly size: number;
  readonly find: (digest: Digest) => Placed | null;
  readonly entries: () => Generator<Placed>;
}

const magic = Buffer.from('TIDEIDX1');
const headBytes = magic.length + 8;
const digestBytes = 32;
const rowBytes = 20;
const kinds: readonly PlacedAs[] = ['piece', 'recipe', 'file'];

/**
 * The bytes of a shard before they are squeezed: magic, how many entries and packs, the digests of packs, the sorted digests of entries, and a row of 20
 * bytes for each: pack (u32), offset (u32), stored (u32), length (u48), flags (u8), 0. All numbers are little-endian. Of a digest that comes twice the
 * first entry counts. Format: docs/reference/formats/remote.md.
 */
export function shardBytes(entries: Iterable<Placed>): Uint8Array {
  const sorted = [...new Map([...entries].reverse().map((entry) => [entry.digest, entry])).values()].sort((a, b) =>
    a.digest < b.digest ? -1 : 1,
  );
  const packs = [...new Set(sorted.map(({ pack }) => pack))].sort();
  const numbers = new Map(packs.map((pack, number) => [pack, number]));
  const bytes = Buffer.alloc(headBytes + packs.length * digestBytes + sorted.length * (digestBytes + rowBytes));
  magic.copy(bytes);
  bytes.writeUInt32LE(sorted.length, magic.length);
  bytes.writeUInt32LE(packs.length, magic.length + 4);
  for (const [number, pack] of packs.entries()) bytes.write(hexOf(pack), headBytes + number * digestBytes, 'hex');
  const digestsAt = headBytes + packs.length * digestBytes;
  const rowsAt = digestsAt + sorted.length * digestBytes;
  for (const [position, { digest, pack, offset, stored, bytes: length, codec, as, isRecord }] of sorted.entries()) {
    bytes.write(hexOf(digest), digestsAt + position * digestBytes, 'hex');
    const at = rowsAt + position * rowBytes;
    bytes.writeUInt32LE(numbers.get(pack) ?? 0, at);
    bytes.writeUInt32LE(offset, at + 4);
    bytes.writeUInt32LE(stored, at + 8);
    bytes.writeUIntLE(length, at + 12, 6);
    bytes.writeUInt8((codec === 'zstd' ? 1 : 0) | (isRecord ? 2 : 0) | (kinds.indexOf(as) << 2), at + 18);
  }
  return bytes;
}

/** Whether bytes begin like a shard that is not squeezed. */
export function isPlainShard(bytes: Uint8Array): boolean {
  return magic.equals(bytes.subarray(0, magic.length));
}

/** Null for bytes that are no whole shard: it may come from elsewhere. */
export function parseShard(content: Uint8Array): Shard | null {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  if (bytes.length < headBytes || !bytes.subarray(0, magic.length).equals(magic)) return null;
  const size = bytes.readUInt32LE(magic.length);
  const packs = bytes.readUInt32LE(magic.length + 4);
  const digestsAt = headBytes + packs * digestBytes;
  const rowsAt = digestsAt + size * digestBytes;
  if (bytes.length !== rowsAt + size * rowBytes) return null;

  const digestAt = (position: number): Buffer =>
    bytes.subarray(digestsAt + position * digestBytes, digestsAt + (position + 1) * digestBytes);
  for (let position = 0; position < size; position++) {
    if (position > 0 && digestAt(position - 1).compare(digestAt(position)) >= 0) return null;
    const row = rowsAt + position * rowBytes;
    if (bytes.readUInt32LE(row) >= packs || bytes.readUInt8(row + 18) >> 2 >= kinds.length) return null;
  }
  const entryAt = (position: number, digest: Digest): Placed => {
    const row = rowsAt + position * rowBytes;
    const pack = headBytes + bytes.readUInt32LE(row) * digestBytes;
    const flags = bytes.readUInt8(row + 18);
    return {
      digest,
      as: kinds[flags >> 2] ?? 'piece',
      pack: digestOfHex(bytes.toString('hex', pack, pack + digestBytes)),
      offset: bytes.readUInt32LE(row + 4),
      stored: bytes.readUInt32LE(row + 8),
      bytes: bytes.readUIntLE(row + 12, 6),
      codec: (flags & 1) === 1 ? 'zstd' : 'raw',
      isRecord: (flags & 2) === 2,
    };
  };
  const positionOf = (wanted: Buffer): number => {
    let [low, high] = [0, size - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const at = digestsAt + middle * digestBytes;
      const order = bytes.compare(wanted, 0, digestBytes, at, at + digestBytes);
      if (order === 0) return middle;
      if (order < 0) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  };
  return {
    size,
    find: (digest) => {
      const position = positionOf(Buffer.from(hexOf(digest), 'hex'));
      return position < 0 ? null : entryAt(position, digest);
    },
    entries: function* () {
      for (let position = 0; position < size; position++) yield entryAt(position, digestOfHex(digestAt(position).toString('hex')));
    },
  };
}
