import { type Digest, failure, type TreeEntry } from '@tidegate/formats';
import { deliveredTree } from '../../../data/index.ts';
import { compareTrees, type FileDifference, isSameFile } from '../../../store/index.ts';
import type { Project } from '../../project.ts';
import { pinnedRecord } from '../version-names.ts';
import { type WorkingTree, workingTree } from './working-tree.ts';

export interface WorkingChanges {
  readonly changes: readonly FileDifference[];
  /** Files of the tree that were never brought here. */
  readonly notHere: readonly TreeEntry[];
}

/**
 * Compares what lies in the working tree with a tree of the store: by the digest of the whole first, which tells of most that nothing changed. A file that is
 * not there and of which this machine never had the bytes was not removed: it was never pulled.
 */
export async function workingChanges({ objects }: Project, tree: Digest | null, working: WorkingTree): Promise<WorkingChanges> {
  if (working.digest === tree) return { changes: [], notHere: [] };
  const found = (await compareTrees(working, tree, working.digest)).filter(({ before, after }) => !isSameFile(before, after));
  const removed = found.flatMap(({ before, after }) => (after === null && before !== null ? [before] : []));
  const elsewhere = new Set(removed.length === 0 ? [] : await objects.missing(removed));
  const notHere = removed.filter(({ digest }) => elsewhere.has(digest));
  const paths = new Set(notHere.map(({ path }) => path));
  return { changes: found.filter(({ path }) => !paths.has(path)), notHere };
}

/** Files of the pinned version that were never brought here, beside those that are; none without a remote. */
export async function notPulled(project: Project, dataset: string, files: readonly TreeEntry[]): Promise<readonly TreeEntry[]> {
  const record = project.remote === null ? null : await pinnedRecord(project, dataset);
  return record === null ? [] : (await workingChanges(project, deliveredTree(record), workingTree(project.store, files))).notHere;
}

/** @throws TG-CLI-USAGE when files of the pinned version were never pulled: what is in the working tree would be a version without them */
export async function refuseNotPulled(project: Project, dataset: string, files: readonly TreeEntry[]): Promise<void> {
  const record = project.remote === null ? null : await pinnedRecord(project, dataset);
  if (record === null || project.config.data[dataset]?.table !== undefined) return;
  const notHere = files.length === 0 ? record.files : (await notPulled(project, dataset, files)).length;
  if (notHere === 0) return;
  throw failure(
    'TG-CLI-USAGE',
    `Cannot add data.${dataset}: ${notHere} of the ${record.files} files of its pinned version were never pulled here, and would be taken out of it`,
    `Pull them: "tidegate data pull ${dataset}"; or change the version as it is: "tidegate data add ${dataset} --onto pinned FILE…"`,
  );
}
