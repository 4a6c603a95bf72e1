import { failure, type TidegateError } from './failure.ts';
import { sqliteFault } from './sqlite-fault.ts';

/**
 * An error that the disk is behind (full, failing, or with a damaged file), told as what it is: neither a mistake of the user's nor one of ours. Known by the
 * codes of Node (https://nodejs.org/api/errors.html#common-system-errors) and of SQLite (`sqliteFault`).
 *
 * @returns null for any other error
 */
export function diskTrouble(error: unknown): TidegateError | null {
  if (!(error instanceof Error)) return null;
  const { code, path, syscall, dest, errcode } = error as SystemError;
  const fault = sqliteFault(error);
  const where = dest ?? path;
  const what = errcode === undefined ? (where === undefined ? 'a file' : `"${where}"`) : 'the state';
  // Node makes folders one by one, and says ENOENT of one that any other error kept it from making.
  const isFault = code === 'EIO' || (code === 'ENOENT' && syscall === 'mkdir') || fault === 'disk' || fault === 'unopened'; // it was there before
  if (code === 'ENOSPC' || code === 'EDQUOT' || fault === 'full')
    return failure(
      'TG-STORE-DISK-FULL',
      `Cannot write ${what}: no space is left there`,
      'Free some space, or move the home to a larger disk with TIDEGATE_HOME, and run again',
      error,
    );
  if (fault === 'forbidden')
    return failure(
      'TG-STORE-NOT-WRITABLE',
      `Cannot write the state: it could be opened for reading alone (${error.message})`,
      'Run the same command again; if it happens again, set TIDEGATE_HOME to a folder that you may write to',
      error,
    );
  if (fault === 'damage')
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
