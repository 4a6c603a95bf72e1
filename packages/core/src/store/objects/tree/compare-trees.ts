import { compareCodeUnits, type Digest, type TreeEntry } from '@tidegate/formats';
import { entryOf, readFolderRecords, readWholeTree, type TreeReader } from './read-tree.ts';
import { type EntryNode, fieldsOf, parseNode } from './tree-node.ts';

/** A file that two trees do not have alike; null on the side that does not have it. */
export interface FileDifference {
  readonly path: string;
  readonly before: TreeEntry | null;
  readonly after: TreeEntry | null;
}

/**
 * What differs between two trees, by path. Only records that differ are read, so a change costs what lies on its path, however many files there are.
 *
 * @param before null for nothing at all
 * @throws TG-STORE-TREE, TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT
 */
export async function compareTrees(reader: TreeReader, before: Digest | null, after: Digest | null): Promise<readonly FileDifference[]> {
  if (before === after) return [];
  const found: FileDifference[] = [];
  if ((await isByFolder(reader, before)) && (await isByFolder(reader, after)))
    await compareFolders(reader, { before, after, prefix: '' }, found);
  else compareLists(await filesOf(reader, before), await filesOf(reader, after), found);
  return found.sort((a, b) => compareCodeUnits(a.path, b.path));
}

interface TwoFolders {
  readonly before: Digest | null;
  readonly after: Digest | null;
  readonly prefix: string;
}

async function compareFolders(reader: TreeReader, { before, after, prefix }: TwoFolders, found: FileDifference[]): Promise<void> {
  const [olds, news] = await differingEntries(reader, before, after);
  const names = new Set([...olds.keys(), ...news.keys()]);
  for (const name of names) {
    const [old, now] = [olds.get(name), news.get(name)];
    const oldFile = old?.kind === 'file' ? entryOf(old, prefix) : null;
    const newFile = now?.kind === 'file' ? entryOf(now, prefix) : null;
    if ((oldFile !== null || newFile !== null) && !isSameFile(oldFile, newFile))
      found.push({ path: `${prefix}${name}`, before: oldFile, after: newFile });
    const folders = { before: old?.kind === 'folder' ? old.folder : null, after: now?.kind === 'folder' ? now.folder : null };
    if (folders.before !== folders.after) await compareFolders(reader, { ...folders, prefix: `${prefix}${name}/` }, found);
  }
}

type Entries = ReadonlyMap<string, EntryNode>;

/** The entries of both, those of buckets that both have left out. */
async function differingEntries(reader: TreeReader, before: Digest | null, after: Digest | null): Promise<readonly [Entries, Entries]> {
  const [olds, news] = await Promise.all([bucketsOf(reader, before), bucketsOf(reader, after)]);
  const read = async (own: readonly Digest[], other: readonly Digest[]): Promise<Entries> => {
    const shared = new Set(other);
    const entries = new Map<string, EntryNode>();
    const wanted = own.filter((node) => !shared.has(node));
    await reader.ahead?.(wanted);
    for (const node of wanted) for (const entry of (await readFolderRecords(reader, node)).entries) entries.set(entry.name, entry);
    return entries;
  };
  return [await read(olds, news), await read(news, olds)];
}

/** The records that hold the entries of a folder: itself, or its buckets. */
async function bucketsOf(reader: TreeReader, folder: Digest | null): Promise<readonly Digest[]> {
  const node = folder === null ? null : parseNode(await reader.readJson(folder), folder);
  if (folder === null || node === null) return [];
  return node.kind === 'entries' ? [folder] : node.buckets.map((bucket) => bucket.node);
}

function compareLists(before: readonly TreeEntry[], after: readonly TreeEntry[], found: FileDifference[]): void {
  const olds = new Map(before.map((entry) => [entry.path, entry]));
  for (const entry of after) {
    const old = olds.get(entry.path) ?? null;
    olds.delete(entry.path);
    if (!isSameFile(old, entry)) found.push({ path: entry.path, before: old, after: entry });
  }
  for (const [path, entry] of olds) found.push({ path, before: entry, after: null });
}

/** Whether two entries of one path are the same file, mode and link included. */
export function isSameFile(one: TreeEntry | null, other: TreeEntry | null): boolean {
  return one?.digest === other?.digest && one?.executable === other?.executable && one?.link === other?.link;
}

async function filesOf(reader: TreeReader, digest: Digest | null): Promise<readonly TreeEntry[]> {
  return digest === null ? [] : (await readWholeTree(reader, digest)).entries;
}

/** Whether a tree has a record for each folder; one of format 1 has not. */
export async function isByFolder(reader: TreeReader, digest: Digest | null): Promise<boolean> {
  return digest === null || fieldsOf(await reader.readJson(digest))?.['format'] === 'tidegate.tree/2';
}
