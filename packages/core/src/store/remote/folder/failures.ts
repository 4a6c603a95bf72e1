import { type Digest, type ErrorCode, failure, TidegateError, sqliteFault } from '@tidegate/formats';

export function unusable(root: string, found: string, cause?: unknown): Error {
  return failure(
    'TG-STORE-REMOTE',
    `Cannot use "${root}" as a remote: ${found}`,
    'Name an empty folder, or one that "tidegate remote push" has filled',
    cause,
  );
}

export function unreachable(root: string, found: string, cause?: unknown): Error {
  return failure(
    'TG-STORE-REMOTE-UNREACHABLE',
    `Cannot reach the remote "${root}": ${found}`,
    'Look whether the folder is mounted and this user may read it; runs go on without it meanwhile',
    cause,
  );
}

function notWritable(root: string, found: string, cause: unknown): Error {
  return failure(
    'TG-STORE-REMOTE-NOT-WRITABLE',
    `Cannot write to the remote "${root}": ${found}`,
    'Let this user write there, or free space; what was written so far stays and is whole',
    cause,
  );
}

export function changed(source: string): Error {
  return failure(
    'TG-STORE-FILE-CHANGED',
    `Cannot store "${source}": it changed while it was read`,
    'Run the command again when nothing writes to the file',
  );
}

export function corrupt(name: string, digest: Digest): Error {
  return failure(
    'TG-STORE-OBJECT-CORRUPT',
    `Cannot read "${name}" of the remote: its bytes do not have the digest "${digest}"`,
    'Run "tidegate run" to make it again',
  );
}

/** What the file system refuses, told as what it means for a remote. */
export async function guarded<T>(root: string, code: ErrorCode, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const found = sqliteFault(error) === null ? (error as NodeJS.ErrnoException).code : 'its file system does not let it be locked';
    if (error instanceof TidegateError || typeof found !== 'string' || found === 'ABORT_ERR') throw error;
    const isGone = found === 'ESTALE' || found === 'ENOTCONN' || found === 'ETIMEDOUT';
    throw code === 'TG-STORE-REMOTE-UNREACHABLE' || isGone ? unreachable(root, found, error) : notWritable(root, found, error);
  }
}
