import { join } from 'node:path';
import { identityOf, mkdtemp, readdir, rm, tmpdir } from '../platform/index.ts';

/**
 * Makes a folder for what does not fit in memory and for files on their way into the store, and removes those that processes which
 * are gone (`kill -9`) have left. The caller removes it.
 */
export async function scratchFolder(): Promise<string> {
  for (const name of await readdir(tmpdir())) {
    const maker = /^tidegate-data-(\d+)-/.exec(name)?.[1];
    // another user's folder cannot be removed, and need not be
    if (maker !== undefined && identityOf(Number(maker)) === null)
      await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => {});
  }
  return mkdtemp(join(tmpdir(), `tidegate-data-${process.pid}-`));
}
