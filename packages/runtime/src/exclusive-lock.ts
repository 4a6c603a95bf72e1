import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Held until disposed of, or until the process ends, however it ends. */
export interface ExclusiveLock {
  readonly [Symbol.dispose]: () => void;
}

const busy = 5; // SQLITE_BUSY

/**
 * A lock between processes of one machine. The operating system keeps it (a lock on the file, taken by SQLite), so one that
 * is killed leaves nothing behind that a later one has to judge. The file stays, empty.
 *
 * @returns null when another process, or another caller in this one, holds it.
 */
export function tryLock(path: string): ExclusiveLock | null {
  mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === busy) return null;
    throw error;
  }
  return { [Symbol.dispose]: () => database.close() };
}
