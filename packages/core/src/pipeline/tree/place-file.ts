import { dirname, join, sep } from 'node:path';
import { type Digest, diskTrouble, failure, TidegateError } from '@tidegate/formats';
import { entryAt, mkdir, realpath, removeLeftovers, rename, rm, syncFile, syncFolder, temporaryBeside } from '../../platform/index.ts';
import type { FileDigests, ObjectStore } from '../../store/index.ts';

/** A file of the store that belongs into the user's tree. */
export interface PlacedFile {
  /** Relative to the project. */
  readonly path: string;
  readonly digest: Digest;
  readonly executable: boolean;
}

export interface PlaceParts {
  readonly store: ObjectStore;
  readonly digests: FileDigests;
  /** The user's tree. */
  readonly root: string;
}

/**
 * Puts a file into the user's tree, in the place of any that is there. It appears whole or not at all; one that has the right bytes
 * already is not touched.
 *
 * @throws TG-PIPELINE-PUBLISH; TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT
 */
export async function placeFile(parts: PlaceParts, file: PlacedFile): Promise<void> {
  const target = join(parts.root, file.path);
  if ((await digestAt(parts, file.path)) === file.digest) return;
  try {
    await mkdir(dirname(target), { recursive: true });
    await refuseOutside(parts.root, file.path);
    await removeLeftovers(dirname(target));
    const temporary = temporaryBeside(target);
    try {
      await parts.store.checkOut(file.digest, temporary, { executable: file.executable });
      await syncFile(temporary);
      await rename(temporary, target);
    } finally {
      await rm(temporary, { force: true });
    }
    syncFolder(dirname(target));
  } catch (error) {
    throw error instanceof TidegateError ? error : (diskTrouble(error) ?? inTheWay(file.path, error));
  }
}

/** The digest of a file of the user's tree; null when there is none, or something else that is no file. */
export async function digestAt({ digests, root }: Omit<PlaceParts, 'store'>, path: string): Promise<Digest | null> {
  const target = join(root, path);
  const stat = entryAt(target);
  return stat?.isFile() ? (await digests.of(target, stat)).digest : null;
}

/** A link in the way must not lead a write out of the project. */
async function refuseOutside(root: string, path: string): Promise<void> {
  const [folder, real] = await Promise.all([realpath(dirname(join(root, path))), realpath(root)]);
  if (folder === real || folder.startsWith(real + sep)) return;
  throw failure(
    'TG-PIPELINE-PUBLISH',
    `Cannot put "${path}" into the project: a symbolic link leads to "${folder}", outside of it`,
    `Replace the link by a folder, or give the output another path`,
  );
}

function inTheWay(path: string, error: unknown): TidegateError {
  const { code, message } = error as NodeJS.ErrnoException;
  const isBelowFile = code === 'EEXIST' || code === 'ENOTDIR';
  const found = code === 'EISDIR' ? 'a folder is there' : isBelowFile ? 'a file is where its folder should be' : message;
  return failure(
    'TG-PIPELINE-PUBLISH',
    `Cannot put "${path}" into the project: ${found}`,
    `Move away what is at "${path}" and run again`,
    error,
  );
}
