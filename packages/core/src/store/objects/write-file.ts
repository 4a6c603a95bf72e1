import { dirname } from 'node:path';
import { chmodSync, linkSync, mkdirSync, unlinkSync, writeFileSync } from '../../platform/index.ts';

/** Writes a small file in the place of whatever has the name; folders on the way are made. Synchronous, for that costs a third. */
export function writePrivateFile(path: string, bytes: Uint8Array, mode: number): void {
  makingRoom(path, () => writeFileSync(path, bytes, { flag: 'wx', mode }));
  chmodSync(path, mode); // whatever the umask
}

/** Gives a file a second name. @returns false where the file system has no such links, or not between these two places */
export function linkFile(from: string, to: string): boolean {
  try {
    makingRoom(to, () => linkSync(from, to));
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EXDEV' || code === 'EPERM' || code === 'EMLINK' || code === 'ENOTSUP' || code === 'EOPNOTSUPP') return false;
    throw error;
  }
}

/** Tries first and makes room after, for mostly there is some. */
function makingRoom(path: string, write: () => void): void {
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
