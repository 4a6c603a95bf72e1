import type { Digest } from '@tidegate/formats';
import { digestsIn, references } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { namesOf } from '../store/collect/known-projects.ts';
import { pinHolders } from '../store/collect/holders.ts';

/** What somebody has pinned with `tidegate store pin` in this project must stay: each object that a pin leads to, with why. */
export async function heldByPins({ objects, state, name, root }: Project): Promise<ReadonlyMap<Digest, string>> {
  const { closureOf } = references(objects, state);
  const held = new Map<Digest, string>();
  const names = namesOf(state, { name, root });
  const own = [...pinHolders(state), ...pinnedRuns({ state })].filter(({ project }) => project !== null && names.has(project));
  for (const { why, digests } of own) for (const digest of await closureOf(digests, name)) if (!held.has(digest)) held.set(digest, why);
  return held;
}

function pinnedRuns({ state }: Pick<Project, 'state'>): ReturnType<typeof pinHolders> {
  return state
    .prepare('SELECT pin.run AS run, run.project AS project, run.record AS record FROM pin JOIN run ON run.id = pin.run')
    .all()
    .map((row) => ({
      why: `pinned: ${String(row['run'])}`,
      project: String(row['project']),
      digests: digestsIn(String(row['record'])),
    }));
}
