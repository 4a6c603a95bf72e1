import { join } from 'node:path';
import { type Digest, hexOf, failure } from '@tidegate/formats';
import {
  copyFile,
  constants,
  digestOfFile,
  exists,
  mkdir,
  readdir,
  removeLeftovers,
  rename,
  rm,
  temporaryBeside,
} from '../../../platform/index.ts';
import type { ObjectStore } from '../../../store/index.ts';

/**
 * The bytes of files that are in the online store, so that a refresh reads what it has a digest of, and can tell what differs from it
 * later, whatever becomes of the file. What the object store has is not copied.
 */
export interface ArrivedFiles {
  readonly folder: string;
  /** Path of the bytes; null when they are nowhere. */
  readonly find: (digest: Digest) => Promise<string | null>;
  /** Keeps a copy of a file that has this digest. @throws TG-STORE-FILE-CHANGED when it does not */
  readonly keep: (file: string, digest: Digest) => Promise<string>;
  /** Deletes the copies of all but these. */
  readonly keepOnly: (digests: ReadonlySet<Digest>) => Promise<void>;
}

export function arrivedFiles(folder: string, store: ObjectStore): ArrivedFiles {
  const placeOf = (digest: Digest): string => join(folder, hexOf(digest));
  const find: ArrivedFiles['find'] = async (digest) => {
    if (await exists(placeOf(digest))) return placeOf(digest);
    return (await store.has(digest)) ? store.pathOf(digest) : null;
  };
  return {
    folder,
    find,
    keep: async (file, digest) => {
      const found = await find(digest);
      if (found !== null) return found;
      await mkdir(folder, { recursive: true });
      const temporary = temporaryBeside(placeOf(digest));
      try {
        await copyFile(file, temporary, constants.COPYFILE_FICLONE);
        if ((await digestOfFile(temporary)) !== digest)
          throw failure(
            'TG-STORE-FILE-CHANGED',
            `Cannot read "${file}": it changed while it was read`,
            'It is read when nothing writes to it',
          );
        // not made durable: a copy that is lost costs computing everything once
        await rename(temporary, placeOf(digest));
      } finally {
        await rm(temporary, { force: true });
      }
      return placeOf(digest);
    },
    keepOnly: async (digests) => {
      if (!(await exists(folder))) return;
      await removeLeftovers(folder);
      const names = new Set([...digests].map(hexOf));
      for (const name of await readdir(folder))
        if (!name.startsWith('.tmp-') && !names.has(name)) await rm(join(folder, name), { force: true });
    },
  };
}
