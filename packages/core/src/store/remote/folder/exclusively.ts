import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';

/** SQLITE_BUSY (https://www.sqlite.org/rescode.html#busy) */
const busy = 5;

/** Between two tries, in milliseconds. */
const pauseMs = 4;

/**
 * Does the work while nobody else does any in the folder of a file, on this machine or another. The lock is SQLite's on an empty database: a record lock of the
 * operating system, which goes over NFS and ends with its process, so that one which is killed holds up nobody.
 */
export async function exclusively<T>(
  path: string,
  { signal }: { readonly signal?: AbortSignal | undefined },
  work: () => Promise<T>,
): Promise<T> {
  const lock = new DatabaseSync(join(dirname(path), '.lock'), { timeout: 0 });
  try {
    await take(lock, signal);
    return await work();
  } finally {
    lock.close();
  }
}

async function take(lock: DatabaseSync, signal: AbortSignal | undefined): Promise<void> {
  for (;;)
    try {
      return lock.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      if ((error as { readonly errcode?: number }).errcode !== busy) throw error;
      await wait(pauseMs, undefined, signal === undefined ? {} : { signal });
    }
}
