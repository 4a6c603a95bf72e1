import { hash } from 'node:crypto';
import { type BigIntStats, entryAt, readdirSync } from './files.ts';
import { isForeignName } from './foreign-name.ts';

/** What a folder of nothing but files is told by. */
export type FileLook = Pick<BigIntStats, 'size' | 'mtimeNs' | 'ctimeNs' | 'ino' | 'mode'>;

/**
 * SHA-256 over names, modes and stamps of the files of a folder, in the order in which the folder gives them. What other programs keep there has no part in it.
 *
 * @returns null where anything else lies in it, where a name is not UTF-8, and for a folder that is not there or may not be looked into
 */
export function fingerprintFolder(path: string): string | null {
  try {
    const print = fingerprinter();
    for (const name of readdirSync(path)) {
      if (isForeignName(name)) continue;
      const stat = name.includes('\uFFFD') ? null : entryAt(`${path}/${name}`);
      if (stat?.isFile() !== true) return null;
      print.add(name, stat);
    }
    return print.end();
  } catch {
    return null;
  }
}

/** The same of files whose stats are at hand, in the order in which their folder gave them. */
export function fingerprintOf(files: readonly { readonly name: string; readonly stat: FileLook }[]): string {
  const print = fingerprinter();
  for (const { name, stat } of files) print.add(name, stat);
  return print.end();
}

/** Takes the stats of the files of one folder after another, and keeps none of them. */
interface Fingerprinter {
  readonly add: (name: string, stat: FileLook) => void;
  /** Of what was added since the last call. */
  readonly end: () => string;
}

/** One folder is done before the next begins, so they share what it is written into. */
let bytes = Buffer.alloc(0);

function fingerprinter(): Fingerprinter {
  let length = 0;
  return {
    add: (name, { size, mtimeNs, ctimeNs, ino, mode }) => {
      const most = length + 3 * name.length + valueBytes;
      if (most > bytes.byteLength) bytes = Buffer.concat([bytes.subarray(0, length)], Math.max(2 * most, 1 << 16));
      bytes.writeBigInt64LE(size, length);
      bytes.writeBigInt64LE(mtimeNs, length + 8);
      bytes.writeBigInt64LE(ctimeNs, length + 16);
      bytes.writeBigUInt64LE(BigInt.asUintN(64, ino), length + 24);
      bytes.writeUInt32LE(Number(mode), length + 32);
      const written = bytes.write(name, length + valueBytes);
      bytes.writeUInt32LE(written, length + 36);
      length += valueBytes + written;
    },
    end: () => {
      const fingerprint = hash('sha256', bytes.subarray(0, length));
      length = 0;
      return fingerprint;
    },
  };
}

const valueBytes = 40;
