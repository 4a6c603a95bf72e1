import { type Digest, digest, TidegateError } from '@tidegate/formats';
import { deliveredTree, readVersion } from '../../data/index.ts';
import { missingObjects } from '../../pipeline/index.ts';
import { digestsIn, type State } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { knownProjects } from './collect/known-projects.ts';
import { lockPins } from './lock-pins.ts';

/** A dataset version that is not whole: where it is pinned, and what it lacks. */
export interface LackingPin {
  readonly about: string;
  readonly found: string;
}

/**
 * Whether the dataset versions that lock files of any branch, tag or working tree pin are there whole. Only those count that a run of this
 * home has read: what a lock file names in a fresh clone was never here.
 */
export async function checkLockPins(
  { state, store }: Pick<Project, 'state' | 'store'>,
  signal?: AbortSignal,
): Promise<readonly LackingPin[]> {
  const read = versionsRead(state);
  const pinned = new Map<Digest, string>();
  for (const { name, root } of knownProjects(state))
    for (const { ref, digests } of (await lockPins(root)) ?? [])
      for (const one of digests) if (read.has(one)) pinned.set(one, pinned.get(one) ?? `tidegate.lock of ${name} in ${ref}`);
  const lacking: LackingPin[] = [];
  for (const [version, where] of pinned) {
    signal?.throwIfAborted();
    const found = await whatVersionLacks(store, version);
    if (found !== null) lacking.push({ about: where, found: `the dataset version ${version} ${found}` });
  }
  return lacking;
}

/** What runs have named in the outputs of datasets, the versions among them. */
function versionsRead(state: State): ReadonlySet<Digest> {
  const read = new Set<Digest>();
  for (const table of ['result', 'run_step'])
    for (const row of state.database.prepare(`SELECT record FROM ${table} WHERE step LIKE 'data.%'`).iterate())
      for (const one of digestsIn(String(row['record']))) read.add(one);
  return read;
}

/** Null when nothing does. */
async function whatVersionLacks(store: Project['store'], version: Digest): Promise<string | null> {
  if (!(await store.has(version))) return 'is not there';
  try {
    const record = await readVersion(store, { digest: version });
    const trees = new Set([record.tree, deliveredTree(record)]);
    const [gone, ...more] = await missingObjects(
      store,
      [...trees].map((tree) => ({ kind: 'tree', digest: digest(tree), bytes: 0, files: 0 })),
    );
    return gone === undefined ? null : `lacks the object ${gone}${more.length === 0 ? '' : ` and ${more.length} more`}`;
  } catch (error) {
    if (error instanceof TidegateError) return `cannot be read: ${error.diagnostics[0].message}`;
    throw error;
  }
}
