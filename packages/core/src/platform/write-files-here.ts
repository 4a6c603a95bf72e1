import { chmodSync, mkdirSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** A file that is to be written: its part of `content`. */
export interface FileToWrite {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  /** Its permissions, whatever the umask. */
  readonly mode: number;
  /** Another name beside it, which it is written under first. Default: it is written under its own. */
  readonly by?: string;
}

/** Short files one behind the other, so that they pass between threads as one. */
export interface WriteFiles {
  readonly content: Uint8Array;
  readonly files: readonly FileToWrite[];
}

/** Writes files one after the other while the thread waits, see {@link writePrivateFile}. */
export function writeFilesHere({ content, files }: WriteFiles): void {
  for (const { path, from, to, mode, by = path } of files)
    try {
      writePrivateFile(by, content.subarray(from, to), mode);
      if (by !== path) renameSync(by, path);
    } catch (error) {
      if (by !== path) rmSync(by, { force: true }); // on a full disk it is half there
      throw error;
    }
}

/** Writes a small file in the place of whatever has the name; folders on the way are made. Synchronous, for that costs a third. */
export function writePrivateFile(path: string, bytes: Uint8Array, mode: number): void {
  makingRoom(path, () => writeFileSync(path, bytes, { flag: 'wx', mode }));
  chmodSync(path, mode); // whatever the umask
}

/** Tries first and makes room after, for mostly there is some. */
export function makingRoom(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') mkdirSync(dirname(path), { recursive: true });
    else if (code === 'EEXIST') unlinkSync(path);
    else throw error;
    write();
  }
}
