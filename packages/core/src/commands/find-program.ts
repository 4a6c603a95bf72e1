import { delimiter, join } from 'node:path';
import { constants, exists, type Platform, statSync } from '../platform/index.ts';

/** The file that a name means on the user's PATH; a path is taken as it is. Null when there is none that may be run. */
export async function findProgram(name: string, platform: Platform): Promise<string | null> {
  if (name.includes('/')) return (await exists(name)) ? name : null;
  const folders = (platform.variables['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(mayBeRun) ?? null;
}

/** At once: to ask another thread for each folder in turn takes longer than all the answers. */
function mayBeRun(file: string): boolean {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    return found?.isFile() === true && (found.mode & (constants.S_IXUSR | constants.S_IXGRP | constants.S_IXOTH)) !== 0;
  } catch {
    return false; // it may not be looked at, or what should be a folder is none
  }
}
