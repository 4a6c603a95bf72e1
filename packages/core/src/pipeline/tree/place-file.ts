import { dirname, join, relative, sep } from 'node:path';
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

/** Puts files into the user's tree; several at once go on side by side. */
export interface Placement {
  /**
   * Puts a file in the place of any that is there. It appears whole or not at all; one that has the right bytes already is not touched.
   *
   * @throws TG-PIPELINE-PUBLISH; TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT
   */
  readonly place: (file: PlacedFile) => Promise<void>;
  /** Makes the names of all files that were placed durable; their bytes are. @throws TG-STORE-DISK-FAULT */
  readonly settle: () => void;
}

/** A folder is looked at once, and made durable once, however many files go into it. */
export function openPlacement(parts: PlaceParts): Placement {
  const ready = new Map<string, Promise<void>>();
  const touched = new Set<string>();
  const place: Placement['place'] = async (file) => {
    if ((await digestAt(parts, file.path)) === file.digest) return;
    const folder = dirname(file.path);
    try {
      const prepared = ready.get(folder) ?? prepareFolder(parts.root, folder);
      ready.set(folder, prepared);
      await prepared;
      await putFile(parts, file);
      touched.add(join(parts.root, folder));
    } catch (error) {
      throw error instanceof TidegateError ? error : (diskTrouble(error) ?? inTheWay(file.path, error));
    }
  };
  return {
    place,
    settle: () => {
      try {
        for (const folder of touched) syncFolder(folder);
      } catch (error) {
        throw diskTrouble(error) ?? error;
      }
      touched.clear();
    },
  };
}

/**
 * Makes a folder of the user's tree that is to be written into, and removes what killed writers left in it.
 * @param folder relative to the project
 * @throws TG-PIPELINE-PUBLISH when it cannot be made, or when a link in the way would lead a write out of the project
 */
export async function prepareFolder(root: string, folder: string): Promise<void> {
  const path = join(root, folder);
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw diskTrouble(error) ?? inTheWay(folder, error);
  }
  await refuseOutside(root, path);
  await removeLeftovers(path);
}

async function putFile({ store, root }: PlaceParts, { path, digest, executable }: PlacedFile): Promise<void> {
  const target = join(root, path);
  const temporary = temporaryBeside(target);
  try {
    await store.checkOut(digest, temporary, { executable });
    await syncFile(temporary);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
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
  const [folder, real] = await Promise.all([realpath(path), realpath(root)]);
  if (folder === real || folder.startsWith(real + sep)) return;
  throw failure(
    'TG-PIPELINE-PUBLISH',
    `Cannot put anything into "${relative(root, path)}" of the project: a symbolic link leads to "${folder}", outside of it`,
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
