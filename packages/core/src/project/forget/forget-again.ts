import type { Project } from '../project.ts';
import { tombstonesOf } from './tombstones.ts';
import { stillGoing } from './what-goes.ts';

/**
 * Takes out what a bundle has brought back of forgotten rows: results that were made from them, and objects that went because of them.
 *
 * @returns how many objects went
 */
export async function forgetAgain(project: Project, signal: AbortSignal): Promise<number> {
  const { state, name, objects } = project;
  const all = tombstonesOf(project, null);
  if (all.length === 0) return 0;
  const drop = state.prepare('DELETE FROM result WHERE key IN (SELECT key FROM tombstone WHERE project = ? AND why LIKE ?)');
  state.commit(() => {
    for (const { tombstone } of all) drop.run(name, `%(${tombstone.id})`);
  });
  let erased = 0;
  for (const { tombstone, going } of all) {
    const gone = new Set(await objects.missing(going.map((digest) => ({ digest, bytes: null }))));
    const back = going.filter((digest) => !gone.has(digest));
    if (back.length > 0) erased += (await objects.erase(await stillGoing(project, tombstone.dataset, back), signal)).length;
  }
  return erased;
}
