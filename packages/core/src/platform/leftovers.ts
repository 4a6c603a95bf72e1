import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { identityOf } from '@tidegate/runtime';

const dayMs = 86_400_000;

/** Removes from a folder the temporary files (`temporaryBeside`) of processes that are gone, and those older than a day. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const writer = /^\.tmp-(\d+)-/.exec(name)?.[1];
    if (writer === undefined) continue;
    const path = join(folder, name);
    const age = Date.now() - ((await lstat(path).catch(() => null))?.mtimeMs ?? 0);
    if (identityOf(Number(writer)) === null || age > dayMs) await rm(path, { force: true, recursive: true });
  }
}
