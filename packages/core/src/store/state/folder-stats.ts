import { type Digest, digestOfHex, hexOf } from '@tidegate/formats';
import type { FileStamp } from './file-stamp.ts';
import type { State } from './state.ts';

/** What was found out about many files of one folder, in one row of the state. */
export interface FolderStats {
  /** The digest that a file had when it had this stat; null when that is not known. */
  readonly find: (name: string, stamp: FileStamp) => Digest | null;
}

export interface LearnedFile {
  readonly stamp: FileStamp;
  readonly digest: Digest;
}

/** Behind a name with its length: bytes, modification time, change time, inode (8 bytes each, little-endian), and the SHA-256. */
const stampBytes = 32;
const valueBytes = stampBytes + 32;

/** Null where nothing is known of a whole folder. The bytes are looked into where they lie, for there may be very many files. */
export function readFolderStats(state: State, folder: string): FolderStats | null {
  const packed = packedOf(state, folder);
  if (packed === null) return null;
  const places = placesIn(packed);
  return {
    find: (name, stamp) => {
      const at = places.get(name);
      if (at === undefined || !isStampAt(packed, at, stamp)) return null;
      return digestOfHex(packed.toString('hex', at + stampBytes, at + valueBytes));
    },
  };
}

/** Adds what was learned to what is known of the folder. To be called inside a transaction. */
export function keepFolderStats(state: State, folder: string, learned: ReadonlyMap<string, LearnedFile>): void {
  const parts: Buffer[] = [];
  const packed = packedOf(state, folder);
  if (packed !== null)
    for (const [name, at] of placesIn(packed)) if (!learned.has(name)) parts.push(nameBytes(name), packed.subarray(at, at + valueBytes));
  for (const [name, { stamp, digest }] of learned) parts.push(nameBytes(name), valueOf(stamp, digest));
  state.prepare('INSERT OR REPLACE INTO folder_stat (path, files) VALUES (?, ?)').run(folder, Buffer.concat(parts));
}

function packedOf(state: State, folder: string): Buffer | null {
  const files = state.prepare('SELECT files FROM folder_stat WHERE path = ?').get(folder)?.['files'];
  return files instanceof Uint8Array ? Buffer.from(files.buffer, files.byteOffset, files.byteLength) : null;
}

/** Name → where what is known of it begins. What is not whole is as if it were not there. */
function placesIn(packed: Buffer): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (let at = 0; at + 2 <= packed.byteLength;) {
    const end = at + 2 + packed.readUInt16LE(at);
    if (end + valueBytes > packed.byteLength) break;
    places.set(packed.toString('utf8', at + 2, end), end);
    at = end + valueBytes;
  }
  return places;
}

function isStampAt(packed: Buffer, at: number, { bytes, mtimeNs, ctimeNs, inode }: FileStamp): boolean {
  return (
    packed.readBigInt64LE(at) === bytes &&
    packed.readBigInt64LE(at + 8) === mtimeNs &&
    packed.readBigInt64LE(at + 16) === ctimeNs &&
    packed.readBigUInt64LE(at + 24) === BigInt.asUintN(64, inode)
  );
}

function nameBytes(name: string): Buffer {
  const text = Buffer.from(name);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(text.byteLength);
  return Buffer.concat([length, text]);
}

function valueOf({ bytes, mtimeNs, ctimeNs, inode }: FileStamp, digest: Digest): Buffer {
  const value = Buffer.alloc(valueBytes);
  value.writeBigInt64LE(bytes, 0);
  value.writeBigInt64LE(mtimeNs, 8);
  value.writeBigInt64LE(ctimeNs, 16);
  value.writeBigUInt64LE(BigInt.asUintN(64, inode), 24);
  value.write(hexOf(digest), stampBytes, 'hex');
  return value;
}
