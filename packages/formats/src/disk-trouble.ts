import { failure, type TidegateError } from './failure.ts';

/**
 * An error that the disk is behind (full, failing, or with a damaged file), told as what it is: neither a mistake of the user's nor one of ours. Known by the
 * codes of Node (https://nodejs.org/api/errors.html#common-system-errors) and of SQLite (https://www.sqlite.org/rescode.html).
 *
 * @returns null for any other error
 */
export function diskTrouble(error: unknown): TidegateError | null {
  if (!(error instanceof Error)) return null;
  const { code, path, syscall, dest, errcode } = error as SystemError;
  const where = dest ?? path;
  const what = errcode === undefined ? (where === undefined ? 'a file' : `"${where}"`) : 'the state';
  // Node makes folders one by one, and says ENOENT of one that any other error kept it from making.
  const isFault = code === 'EIO' || (code === 'ENOENT' && syscall === 'mkdir') || sqliteFaults.includes((errcode ?? 0) & 0xff);
  if (code === 'ENOSPC' || code === 'EDQUOT' || sqliteFull.includes(errcode ?? 0))
    return failure(
      'TG-STORE-DISK-FULL',
      `Cannot write ${what}: no space is left there`,
      'Free some space, or move the home to a larger disk with TIDEGATE_HOME, and run again',
      error,
    );
  if (((errcode ?? 0) & 0xff) === sqliteReadOnly)
    return failure(
      'TG-STORE-NOT-WRITABLE',
      `Cannot write the state: it could be opened for reading alone (${error.message})`,
      'Run the same command again; if it happens again, set TIDEGATE_HOME to a folder that you may write to',
      error,
    );
  if (sqliteDamage.includes((errcode ?? 0) & 0xff))
    return failure(
      'TG-STORE-STATE-BROKEN',
      `Cannot use the state: the file is damaged (${error.message})`,
      'Run "tidegate doctor", which sets a damaged state aside, and then the same command again',
      error,
    );
  if (!isFault) return null;
  return failure(
    'TG-STORE-DISK-FAULT',
    `Cannot use ${what}: the disk reports an error (${errcode === undefined ? code : error.message})`,
    'Run the same command again; if it happens again, look at the disk ("dmesg", "smartctl")',
    error,
  );
}

interface SystemError extends Error {
  readonly code?: string;
  readonly syscall?: string;
  readonly path?: string;
  readonly dest?: string;
  readonly errcode?: number;
}

/** SQLITE_FULL, and SQLITE_IOERR_SHMSIZE: the memory that processes share is a file, which finds no room either. */
const sqliteFull: readonly number[] = [13, 10 | (19 << 8)];
/** SQLITE_READONLY: the rights are missing, or opening for writing failed once, upon which SQLite tries reading. */
const sqliteReadOnly = 8;
/** SQLITE_CORRUPT and SQLITE_NOTADB */
const sqliteDamage: readonly number[] = [11, 26];
/** SQLITE_IOERR and SQLITE_CANTOPEN: the file was there when the database was opened. */
const sqliteFaults: readonly number[] = [10, 14];
