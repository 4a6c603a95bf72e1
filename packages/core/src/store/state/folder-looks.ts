import { type Digest, digest } from '@tidegate/formats';
import type { State } from './state.ts';

/** What a folder of files was when somebody looked at it, told by the stats of its files. */
export interface FolderLook {
  /** As `fingerprintFolder` of `platform` says it. */
  readonly fingerprint: string;
  /** The record of the folder, as its tree has it. */
  readonly folder: Digest;
  readonly files: number;
  readonly bytes: number;
}

export interface FolderLooks {
  /** What is known of a folder, absolute, and of those below it, by their paths. */
  readonly in: (path: string) => ReadonlyMap<string, FolderLook>;
  /** In one transaction. Only of files whose stamp shows any later change. */
  readonly keep: (looks: ReadonlyMap<string, FolderLook>) => void;
}

/** Folders that were looked at before: where every file has the stat it had, none needs to be looked at by itself. */
export function folderLooks(state: State): FolderLooks {
  return {
    in: (path) => {
      const rows = state
        .prepare('SELECT path, fingerprint, folder, files, bytes FROM folder_look WHERE path = ? OR (path > ? AND path < ?)')
        .all(path, `${path}/`, `${path}0`); // "0" comes after "/"
      return new Map(
        rows.map((row) => [
          String(row['path']),
          {
            fingerprint: String(row['fingerprint']),
            folder: digest(String(row['folder'])),
            files: Number(row['files']),
            bytes: Number(row['bytes']),
          },
        ]),
      );
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
