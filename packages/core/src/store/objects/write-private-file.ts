import { dirname } from 'node:path';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from '../../platform/index.ts';

/** Writes a small file in the place of whatever has the name; folders on the way are made. Synchronous, for that costs a third. */
export function writePrivateFile(path: string, bytes: Uint8Array, mode: number): void {
  try {
    writeFileSync(path, bytes, { flag: 'wx', mode });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') mkdirSync(dirname(path), { recursive: true });
    else if (code === 'EEXIST') rmSync(path, { force: true });
    else throw error;
    writeFileSync(path, bytes, { flag: 'wx', mode });
  }
  chmodSync(path, mode); // whatever the umask
}
