import type { Digest, TreeEntry } from '@tidegate/formats';
import { compareTrees, endOfLink, type FileDifference, isSameFile } from '../../store/index.ts';
import { conflictsOf, type DataMerge, type MergeConflict, type MergeRequest, type SideChange } from './merge-request.ts';

/**
 * Merges two trees path by path: what one side added, changed or removed counts. Only records of folders that differ are read to find that out, and no file is.
 *
 * @throws TG-STORE-TREE, TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT
 */
export async function mergeTrees({ store, base, ours, theirs, prefer }: MergeRequest): Promise<DataMerge> {
  const own = new Map((await compareTrees(store, base, ours)).map((difference) => [difference.path, difference]));
  const other = await compareTrees(store, base, theirs);
  if (own.size === 0) return { kind: 'merged', tree: theirs };
  const conflicts: MergeConflict[] = [];
  const taken: FileDifference[] = [];
  for (const difference of other) {
    const { path, after } = difference;
    const mine = own.get(path);
    const isOnBoth = mine !== undefined && !isSameFile(mine.after, after);
    if (isOnBoth && prefer === null) conflicts.push({ kind: 'file', path, ours: changeOf(mine), theirs: changeOf(difference) });
    else if (mine === undefined || (isOnBoth && prefer === 'theirs')) taken.push(difference);
  }
  if (conflicts.length > 0) return conflictsOf(conflicts);
  if (taken.length === 0) return { kind: 'merged', tree: ours };
  const files = new Map((await store.readTree(ours)).entries.map((entry) => [entry.path, entry]));
  for (const { path, after } of taken)
    if (after === null) files.delete(path);
    else files.set(path, after);
  const broken = [...filesInTheWay(files), ...settleLinks(files)];
  if (broken.length > 0) return conflictsOf(broken);
  return { kind: 'merged', tree: await treeOf(store, files) };
}

async function treeOf({ putEntries }: Pick<MergeRequest['store'], 'putEntries'>, files: ReadonlyMap<string, TreeEntry>): Promise<Digest> {
  return (await putEntries([...files.values()])).digest;
}

function changeOf({ before, after }: FileDifference): SideChange {
  return before === null ? 'added' : after === null ? 'removed' : 'changed';
}

/** Files at a path where the other side has a folder. */
function filesInTheWay(files: ReadonlyMap<string, TreeEntry>): readonly MergeConflict[] {
  const found = new Set<string>();
  for (const path of files.keys())
    for (let slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      if (files.has(folder)) found.add(folder);
    }
  return [...found].map((path) => ({ kind: 'path', path, problem: 'file and folder' }));
}

/** A link has the bytes of the file that it leads to, which the other side may have changed or taken away. */
function settleLinks(files: Map<string, TreeEntry>): readonly MergeConflict[] {
  const broken: MergeConflict[] = [];
  for (const entry of files.values()) {
    if (entry.link === undefined) continue;
    const end = fileBehind(files, entry);
    if (end === null) broken.push({ kind: 'path', path: entry.path, problem: 'link to nothing' });
    else files.set(entry.path, { ...entry, digest: end.digest, bytes: end.bytes });
  }
  return broken;
}

/** The file at the end of a chain of links; null when there is none. */
function fileBehind(files: ReadonlyMap<string, TreeEntry>, link: TreeEntry): TreeEntry | null {
  const seen = new Set<string>();
  let entry: TreeEntry | undefined = link;
  while (entry?.link !== undefined && !seen.has(entry.path)) {
    seen.add(entry.path);
    entry = files.get(endOfLink(entry.path, entry.link) ?? '');
  }
  return entry === undefined || entry.link !== undefined ? null : entry;
}
