import { join } from 'node:path';
import { type Lock, lockFileName, lockText, parseLock } from '../../config/index.ts';
import { readTextNow, removeLeftovers, replaceFile } from '../../platform/index.ts';
import type { Project } from '../project.ts';

/**
 * Changes `tidegate.lock` as it is at this moment, whole or not at all: of several processes of a home that do so at once none loses what another has written. Nothing of
 * this process comes in between either, so the change must be found out before.
 *
 * @param change null = the file stays as it is
 * @returns whether it is another file now
 */
export async function changeLockText({ root, state }: Place, change: (text: string) => string | null): Promise<boolean> {
  const path = join(root, lockFileName);
  await removeLeftovers(root);
  return state.commit(() => {
    const before = readTextNow(path);
    const after = change(before ?? '');
    if (after === null || after === before) return false;
    replaceFile(path, after);
    return true;
  });
}

type Place = Pick<Project, 'root' | 'state'>;

/** As {@link changeLockText}, by its pins. @throws TG-CONFIG-LOCK-CONFLICT for a merge that is not finished; as `parseLock` */
export function changeLock(place: Place, change: (lock: Lock) => Lock): Promise<boolean> {
  return changeLockText(place, (text) => lockText(change(parseLock(text))));
}
