import { type Digest, failure, TidegateError, sqliteFault } from '@tidegate/formats';

export function missing(digest: Digest): Error {
  return failure(
    'TG-STORE-OBJECT-MISSING',
    `Cannot read object "${digest}": it is not in the store`,
    'Run "tidegate run" to make it again',
  );
}

export function corrupt(digest: Digest): Error {
  return failure(
    'TG-STORE-OBJECT-CORRUPT',
    `Cannot read object "${digest}": its bytes have another digest`,
    'Run "tidegate run" to make it again; the damaged file was set aside',
  );
}

export function isCorrupt(error: unknown): boolean {
  return error instanceof TidegateError && error.diagnostics.some(({ code }) => code === 'TG-STORE-OBJECT-CORRUPT');
}

export function changed(path: string): Error {
  return failure(
    'TG-STORE-FILE-CHANGED',
    `Cannot store "${path}": it changed while it was read`,
    'Run the command again when nothing writes to the file',
  );
}

/** What goes wrong on writing, whether the file system or SQLite says so. */
export function storing(root: string, error: unknown): unknown {
  const kind = kindOf(root, error);
  if (kind === 'full')
    return failure(
      'TG-STORE-DISK-FULL',
      `Cannot store an object in "${root}": no space is left there`,
      'Free some space, or move the home to a larger disk with TIDEGATE_HOME, and run again',
      error,
    );
  if (kind === 'forbidden')
    return failure(
      'TG-STORE-NOT-WRITABLE',
      `Cannot store an object in "${root}": writing there is not allowed (${(error as NodeJS.ErrnoException).code})`,
      'Set TIDEGATE_HOME to a folder that you may write to',
      error,
    );
  if (kind === 'disk')
    return failure(
      'TG-STORE-DISK-FAULT',
      `Cannot store an object in "${root}": the disk reports an error (EIO), twice`,
      'Look at the disk ("dmesg", "smartctl"); what is stored already is checked whenever it is read',
      error,
    );
  return error;
}

function kindOf(root: string, error: unknown): 'full' | 'forbidden' | 'disk' | null {
  const fault = sqliteFault(error);
  if (fault !== null && fault !== 'damage') return fault === 'unopened' ? 'forbidden' : fault;
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'full';
  if (code === 'EIO') return 'disk';
  const isForbidden = code === 'EACCES' || code === 'EROFS' || code === 'EPERM' || code === 'ENOTDIR';
  return isForbidden && path?.startsWith(root) ? 'forbidden' : null;
}
