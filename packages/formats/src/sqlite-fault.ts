/**
 * What kind of trouble an error of SQLite tells of; null for any other error.
 *
 * - `damage`: the file is no database, or is not whole
 * - `full`: no space is left
 * - `forbidden`: the file may not be written
 * - `unopened`: the file cannot be opened, for whatever reason
 * - `disk`: the disk reports an error
 *
 * Codes: https://www.sqlite.org/rescode.html
 */
export function sqliteFault(error: unknown): 'damage' | 'full' | 'forbidden' | 'unopened' | 'disk' | null {
  const code = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : 0;
  if (code === shortRead) return 'damage';
  if (code === sharedMemorySize) return 'full';
  return kinds[code & 0xff] ?? null;
}

const kinds: { readonly [code: number]: ReturnType<typeof sqliteFault> } = {
  3: 'forbidden', // SQLITE_PERM
  8: 'forbidden', // SQLITE_READONLY
  10: 'disk', // SQLITE_IOERR
  11: 'damage', // SQLITE_CORRUPT
  13: 'full', // SQLITE_FULL
  14: 'unopened', // SQLITE_CANTOPEN
  26: 'damage', // SQLITE_NOTADB
};

/** SQLITE_IOERR_SHORT_READ: the file ends before a page of it. */
const shortRead = 522;
/** SQLITE_IOERR_SHMSIZE: the file of the shared memory could not be made as long as needed, which a full disk does. */
const sharedMemorySize = 4874;
