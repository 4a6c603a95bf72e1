import { dirname, join } from 'node:path';
import { failure } from '@tidegate/formats';
import { identityOf, lstat, mkdir, open, readdir, rename, rm, syncFolder, temporaryBeside } from '../platform/index.ts';

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
    await sync(temporary);
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

/** An fsync that fails leaves it open which bytes are on the disk: the caller discards the file, nobody tries again. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
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

/** Removes what writers that were killed left in `incoming`: temporary files whose process is gone, or that are a day old. */
export async function removeUnfinished(root: string): Promise<void> {
  const dayMs = 86_400_000;
  for (const name of await readdir(incomingOf(root)).catch(() => [])) {
    const path = join(incomingOf(root), name);
    const writer = Number(/^\.tmp-(\d+)-/.exec(name)?.[1] ?? Number.NaN);
    const age = Date.now() - ((await lstat(path).catch(() => null))?.mtimeMs ?? 0);
    if (Number.isNaN(writer) || identityOf(writer) === null || age > dayMs) await rm(path, { force: true, recursive: true });
  }
}
