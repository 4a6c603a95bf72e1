import { type Digest, TidegateError } from '@tidegate/formats';
import { tableAt } from '../../../data/index.ts';
import { datasetHistory } from '../dataset-views.ts';
import type { Project } from '../../project.ts';
import { pinnedTree } from '../../sources/readings.ts';
import { pinnedRecord } from '../version-names.ts';

/** So many versions are looked through for one that has the same rows. */
const versionsLookedAt = 50;

/** Tables of the versions that a dataset has had here, the newest first; where there is none, as in a clone, that of the pinned version. */
export async function formerTables(project: Project, dataset: string): Promise<readonly Digest[]> {
  const history = await datasetHistory(project, dataset);
  const trees = history.slice(0, versionsLookedAt).map(({ version }) => version.tree);
  const tables: Digest[] = [];
  const pinned = trees.length > 0 ? null : await orNone(() => pinnedTree(project, dataset), null);
  for (const tree of new Set(pinned === null ? trees : [pinned])) if (await isTable(project, tree)) tables.push(tree);
  return tables;
}

function isTable({ store }: Project, tree: Digest): Promise<boolean> {
  return orNone(async () => (await tableAt(store, tree)) !== null, false);
}

/** What is nowhere at hand is nothing to compare with. */
async function orNone<T>(read: () => Promise<T>, none: T): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TidegateError) return none;
    throw error;
  }
}

/** So many versions are looked through for parts of a profile: one that goes back to an earlier one has those of either. */
const profilesLookedAt = 5;

/** What profiles of the versions that a dataset has had here were made of, the newest first; where there is none, as in a clone, that of the pinned version. */
export async function formerProfiles(project: Project, dataset: string): Promise<readonly Digest[]> {
  const history = (await datasetHistory(project, dataset)).slice(0, profilesLookedAt).map(({ version }) => version);
  const pinned = history.length > 0 ? null : await pinnedRecord(project, dataset);
  return [...new Set((pinned === null ? history : [pinned]).flatMap(({ profile }) => profile.parts ?? []))];
}
