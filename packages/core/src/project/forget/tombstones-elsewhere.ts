import type { Remote } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { sharedTombstones } from './forget-in-remote.ts';
import { type KeptTombstone, tombstonesOf } from './tombstones.ts';
import { stillGoing } from './what-goes.ts';

/** Tombstones of a dataset that were done with without this remote, which may have the rows still, each with what is to go there. */
export async function tombstonesElsewhere(project: Project, remote: Remote, dataset: string): Promise<readonly KeptTombstone[]> {
  const done = tombstonesOf(project, dataset).filter(({ isDone }) => isDone);
  if (done.length === 0) return [];
  const shared = new Set((await sharedTombstones(remote, project.name, dataset)).map(({ id }) => id));
  const found: KeptTombstone[] = [];
  for (const one of done.filter(({ tombstone }) => !shared.has(tombstone.id)))
    found.push({ ...one, going: await stillGoing(project, dataset, one.going) });
  return found;
}
