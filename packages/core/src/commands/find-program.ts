import { delimiter, join } from 'node:path';
import { constants, exists, type Platform, stat } from '../platform/index.ts';

/** The file that a name means on the user's PATH; a path is taken as it is. Null when there is none that may be run. */
export async function findProgram(name: string, platform: Platform): Promise<string | null> {
  if (name.includes('/')) return (await exists(name)) ? name : null;
  for (const folder of (platform.variables['PATH'] ?? '').split(delimiter)) {
    const found = folder === '' ? null : await stat(join(folder, name)).catch(() => null);
    if (found?.isFile() && (found.mode & (constants.S_IXUSR | constants.S_IXGRP | constants.S_IXOTH)) !== 0) return join(folder, name);
  }
  return null;
}
