import type { Digest, TreeEntry } from '@tidegate/formats';
import { isByFolder } from './compare-trees.ts';
import { entryOf, type FolderRecords, readFolderRecords, readWholeTree, type TreeReader } from './read-tree.ts';
import type { EntryNode } from './tree-node.ts';

/**
 * One folder of a tree: files by their whole path, and the names of folders in it. Reads what lies on the way and nothing else.
 *
 * @returns null when the tree has no such folder
 * @throws TG-STORE-TREE, TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT
 */
export async function listFolder(reader: TreeReader, digest: Digest, path: string): Promise<FolderListing | null> {
  if (!(await isByFolder(reader, digest))) return listingIn((await readWholeTree(reader, digest)).entries, path);
  let [at, prefix] = [digest, ''];
  for (const part of path === '' ? [] : path.split('/')) {
    const next = entryNamed(await readFolderRecords(reader, at), part);
    if (next === null) return null;
    [at, prefix] = [next.folder, `${prefix}${part}/`];
  }
  const { entries } = await readFolderRecords(reader, at);
  return {
    files: entries.flatMap((entry) => (entry.kind === 'file' ? [entryOf(entry, prefix)] : [])),
    folders: entries.flatMap((entry) =>
      entry.kind === 'folder' ? [{ path: `${prefix}${entry.name}`, files: entry.files, bytes: entry.bytes }] : [],
    ),
  };
}

export interface FolderListing {
  readonly files: readonly TreeEntry[];
  readonly folders: readonly { readonly path: string; readonly files: number; readonly bytes: number }[];
}

function entryNamed({ entries }: FolderRecords, name: string): Extract<EntryNode, { readonly kind: 'folder' }> | null {
  const found = entries.find((entry) => entry.kind === 'folder' && entry.name === name);
  return found?.kind === 'folder' ? found : null;
}

function listingIn(entries: readonly TreeEntry[], path: string): FolderListing | null {
  const prefix = path === '' ? '' : `${path}/`;
  const below = entries.filter((entry) => entry.path.startsWith(prefix));
  if (below.length === 0 && path !== '') return null;
  const files = below.filter((entry) => !entry.path.includes('/', prefix.length));
  const folders = new Map<string, { path: string; files: number; bytes: number }>();
  for (const entry of below) {
    const end = entry.path.indexOf('/', prefix.length);
    if (end < 0) continue;
    const folder = folders.get(entry.path.slice(0, end)) ?? { path: entry.path.slice(0, end), files: 0, bytes: 0 };
    folders.set(folder.path, { ...folder, files: folder.files + 1, bytes: folder.bytes + entry.bytes });
  }
  return { files, folders: [...folders.values()] };
}
