import { dirname, join } from 'node:path';
import { exists } from '../../platform/index.ts';
import { cacheFolderNamed, type DvcSurroundings } from './dvc-config.ts';

/** Where DVC keeps bytes on this machine. */
export interface DvcCache {
  readonly folder: string;
  /** The places in which an object may lie, the likelier one first: DVC 3 has a folder for its own, and leaves those of DVC 2 where they were. */
  readonly placesOf: (object: { readonly md5: string; readonly isFolder: boolean; readonly isLegacy: boolean }) => readonly string[];
}

/** The cache of the DVC repository that a path lies in: as its configuration says, or `.dvc/cache`. Null when it lies in none. */
export async function dvcCache(path: string, surroundings: Omit<DvcSurroundings, 'own'>): Promise<DvcCache | null> {
  const own = await folderAbove(dirname(path));
  if (own === null) return null;
  const folder = (await cacheFolderNamed({ own, ...surroundings })) ?? join(own, 'cache');
  return {
    folder,
    placesOf: ({ md5, isFolder, isLegacy }) => {
      const name = join(md5.slice(0, 2), `${md5.slice(2)}${isFolder ? '.dir' : ''}`);
      const [young, old] = [join(folder, 'files', 'md5', name), join(folder, name)];
      return isLegacy ? [old, young] : [young, old];
    },
  };
}

async function folderAbove(folder: string): Promise<string | null> {
  const own = join(folder, '.dvc');
  if (await exists(own)) return own;
  return dirname(folder) === folder ? null : folderAbove(dirname(folder));
}
