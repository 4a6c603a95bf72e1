import { dirname, join } from 'node:path';
import { mkdir, removeLeftovers, rename, rm, syncFile, syncFolder, temporaryBeside } from '../../platform/index.ts';
import { storing } from './failures.ts';

/** Where objects are written before they get their final name; on the same file system as the objects. */
export function incomingOf(root: string): string {
  return join(root, 'incoming');
}

/** Writes a temporary file and says what it is to be called; null when it is not wanted after all. May be called twice. */
type Fill = (temporary: string) => Promise<string | null>;

/**
 * Lets `fill` write a temporary file, makes it durable and gives it its final name: a file under a final name is always whole.
 *
 * @throws TG-STORE-DISK-FULL, TG-STORE-NOT-WRITABLE, TG-STORE-DISK-FAULT
 */
export async function install(root: string, fill: Fill): Promise<void> {
  try {
    // After a failed fsync nobody knows what is on the disk, and a second one may succeed without having written: begin anew.
    await attempt(root, fill).catch((error: NodeJS.ErrnoException) => (error.code === 'EIO' ? attempt(root, fill) : Promise.reject(error)));
  } catch (error) {
    throw storing(root, error);
  }
}

async function attempt(root: string, fill: Fill): Promise<void> {
  const temporary = temporaryBeside(join(incomingOf(root), 'object'));
  try {
    await mkdir(incomingOf(root), { recursive: true });
    const path = await fill(temporary);
    if (path === null) return;
    await syncFile(temporary);
    const made = await mkdir(dirname(path), { recursive: true });
    await rename(temporary, path);
    syncFolder(dirname(path));
    if (made !== undefined) syncFolder(dirname(made));
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Removes what writers that were killed left in `incoming`. */
export async function removeUnfinished(root: string): Promise<void> {
  await removeLeftovers(incomingOf(root));
}
