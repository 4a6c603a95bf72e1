import type { DatabaseSync } from 'node:sqlite';

/** How long others are waited for, and how long between two tries, in milliseconds. */
const longestMs = 10_000;
const pauseMs = 10;

/**
 * Executes what makes a database ready to work with, such as `PRAGMA journal_mode = WAL`. Of several processes that begin with a new database at the same moment SQLite refuses all but one
 * at once, whatever timeout is set, since each would wait for the others (https://www.sqlite.org/c3ref/busy_handler.html); so it is tried again until the others are through.
 *
 * @param sql may be executed more than once
 * @throws what SQLite throws, after ten seconds also that the database is locked
 */
export function execWhenFree(database: Pick<DatabaseSync, 'exec'>, sql: string): void {
  for (let waitedMs = 0; ; waitedMs += pauseMs) {
    try {
      database.exec(sql);
      return;
    } catch (error) {
      if (!isBusy(error) || waitedMs >= longestMs) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, pauseMs);
    }
  }
}

/** SQLITE_BUSY, in any of its extended forms (https://www.sqlite.org/rescode.html#busy) */
function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === 5;
}
