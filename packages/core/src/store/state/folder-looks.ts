import { hash } from 'node:crypto';
import { type Digest, digest } from '@tidegate/formats';
import type { FileStat } from './file-stamp.ts';
import type { State } from './state.ts';

/** What a folder of files was when somebody looked at it, told by the stats of its files. */
export interface FolderLook {
  /** SHA-256 over names, modes and stamps in the order in which the folder gives them. */
  readonly fingerprint: string;
  /** The record of the folder, as its tree has it. */
  readonly folder: Digest;
  readonly files: number;
  readonly bytes: number;
}

export interface FolderLooks {
  /** What is known of a folder, absolute; null where nothing is. */
  readonly at: (path: string) => FolderLook | null;
  /** In one transaction. Only of files whose stamp shows any later change. */
  readonly keep: (looks: ReadonlyMap<string, FolderLook>) => void;
}

/** Folders that were looked at before: where every file has the stat it had, none needs to be looked at by itself. */
export function folderLooks(state: State): FolderLooks {
  return {
    at: (path) => {
      const row = state.prepare('SELECT fingerprint, folder, files, bytes FROM folder_look WHERE path = ?').get(path);
      if (row === undefined) return null;
      return {
        fingerprint: String(row['fingerprint']),
        folder: digest(String(row['folder'])),
        files: Number(row['files']),
        bytes: Number(row['bytes']),
      };
    },
    keep: (looks) => {
      if (looks.size === 0) return;
      const insert = state.prepare('INSERT OR REPLACE INTO folder_look (path, fingerprint, folder, files, bytes) VALUES (?, ?, ?, ?, ?)');
      state.note(() => {
        for (const [path, { fingerprint, folder, files, bytes }] of looks) insert.run(path, fingerprint, folder, files, bytes);
      });
    },
  };
}

/** Takes the stats of the files of one folder after another, and keeps none of them. */
export interface Fingerprinter {
  readonly add: (name: string, stat: FileStat) => void;
  /** Of what was added since the last call. */
  readonly end: () => string;
}

export function fingerprinter(): Fingerprinter {
  let bytes = Buffer.allocUnsafe(1 << 16);
  let length = 0;
  return {
    add: (name, { size, mtimeNs, ctimeNs, ino, mode }) => {
      const most = length + 3 * name.length + valueBytes;
      if (most > bytes.byteLength) bytes = Buffer.concat([bytes.subarray(0, length)], 2 * most);
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
