import type { DatasetVersion, TreeEntry } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { deliveredTree } from '../../../data/index.ts';
import { compareTrees } from '../../../store/index.ts';
import type { Project } from '../../project.ts';
import type { Base } from './onto-edits.ts';
import { rowsIn } from './rows-after.ts';

/**
 * What a version is read on from: its files as they came, where rows were left out of it, so that the next one has these rows to put aside again. Of the trees only records that differ are read, and of files only those
 * that rows were left out of.
 */
export async function deliveredBase(project: Project, version: DatasetVersion): Promise<Omit<Base, 'version'>> {
  const { fileFormat } = version;
  const tree = deliveredTree(version);
  if (tree === version.tree || fileFormat === 'files') return version;
  const differences = await compareTrees(project.store, version.tree, tree);
  const without = differences.flatMap(({ before, path }) => (before === null ? [] : [{ ...before, path }]));
  const came = differences.flatMap(({ after, path }) => (after === null ? [] : [{ ...after, path }]));
  using engine = await openEngine({ threads: 1 });
  const count = (entries: readonly TreeEntry[]): Promise<number> => rowsIn(project, engine, { entries, format: fileFormat });
  return {
    ...version,
    tree,
    files: version.files + came.length - without.length,
    bytes: version.bytes + bytesOf(came) - bytesOf(without),
    rows: version.rows + (await count(came)) - (await count(without)),
  };
}

function bytesOf(entries: readonly TreeEntry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, 0);
}
