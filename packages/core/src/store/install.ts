import { dirname, join } from 'node:path';
import { failure } from '@tidegate/formats';
import { mkdir, removeLeftovers, rename, rm, syncFile, syncFolder, temporaryBeside } from '../platform/index.ts';

/** Where objects are written before they get their final name; on the same file system as the objects. */
export function incomingOf(root: string): string {
  return join(root, 'incoming');
}

/**
 * Lets `fill` write a temporary file, makes it durable and gives it its final name: a file under a final name is always whole.
 * `fill` returns the final path, or null when the file is not wanted after all.
 */
export async function install(root: string, fill: (temporary: string) => Promise<string | null>): Promise<void> {
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
  } catch (error) {
    throw storing(root, error);
  } finally {
    await rm(temporary, { force: true });
  }
}

function storing(root: string, error: unknown): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return failure(
      'TG-STORE-DISK-FULL',
      `Cannot store an object in "${root}": no space is left there`,
      'Free some space, or move the home to a larger disk with TIDEGATE_HOME, and run again',
      error,
    );
  if ((code === 'EACCES' || code === 'EROFS' || code === 'EPERM') && path?.startsWith(root))
    return failure(
      'TG-STORE-NOT-WRITABLE',
      `Cannot store an object in "${root}": writing there is not allowed (${code})`,
      'Set TIDEGATE_HOME to a folder that you may write to',
      error,
    );
  return error;
}

/** Removes what writers that were killed left in `incoming`. */
export async function removeUnfinished(root: string): Promise<void> {
  await removeLeftovers(incomingOf(root));
}
