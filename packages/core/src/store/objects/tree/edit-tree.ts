import type { Digest, Json, TreeEntry } from '@tidegate/formats';
import { digestOfBytes } from '../../../platform/index.ts';
import { type BuiltTree, buildTree, type Folder, type Keep, type TreeRecord } from './build-tree.ts';
import { isByFolder } from './compare-trees.ts';
import { editFolder, fileNodeOf } from './edit-folder.ts';
import { entryOf, readFolderRecords, readWholeTree, type TreeReader } from './read-tree.ts';
import { type EntryNode, nodeText } from './tree-node.ts';

/** What is to be different in a tree. Paths are taken out first: a file, or a folder with all that is in it. */
export interface TreeEdits {
  readonly remove: readonly string[];
  /** New files, and others in the place of those of the same path. */
  readonly put: readonly TreeEntry[];
}

export interface EditedTree extends BuiltTree {
  readonly files: number;
  readonly bytes: number;
  /** Files that were there and are not what they were: replaced, or taken out. */
  readonly gone: readonly TreeEntry[];
  /** Paths to be taken out that the tree does not have. */
  readonly absent: readonly string[];
}

/**
 * The tree that has these files otherwise: the same one that {@link buildTree} would make of all files. Of the tree before only the records on the way to what
 * is different are read, so that the rest may be anywhere.
 *
 * @param base a tree; of format 1, which has no folders, all of it is read
 * @throws TG-STORE-TREE, TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT
 */
export async function editTree(reader: TreeReader, base: Digest, edits: TreeEdits): Promise<EditedTree> {
  if (!(await isByFolder(reader, base))) {
    const built = buildTree((await readWholeTree(reader, base)).entries);
    const edited = await editTree(readerOf(built.records), built.digest, edits);
    return { ...edited, records: [...built.records, ...edited.records] };
  }
  const records: TreeRecord[] = [];
  const keep: Keep = (node) => {
    const text = nodeText(node);
    const digest = digestOfBytes(text);
    records.push({ digest, text });
    return digest;
  };
  const all: Editing = { reader, keep, gone: [], absent: [] };
  const edited = await editBelow(all, base, { prefix: '', remove: partsOf(edits.remove), put: edits.put.map(entryWithParts) });
  const top = edited ?? { folder: keep({ kind: 'entries', entries: [] }), files: 0, bytes: 0 };
  return { digest: top.folder, records, files: top.files, bytes: top.bytes, gone: all.gone, absent: all.absent };
}

interface Editing {
  readonly reader: TreeReader;
  readonly keep: Keep;
  readonly gone: TreeEntry[];
  readonly absent: string[];
}

/** Edits of one folder; paths are relative to it, by their parts. */
interface FolderEdits {
  readonly prefix: string;
  readonly remove: readonly (readonly string[])[];
  readonly put: readonly { readonly parts: readonly string[]; readonly entry: TreeEntry }[];
}

function partsOf(paths: readonly string[]): readonly (readonly string[])[] {
  return paths.map((path) => path.split('/'));
}

function entryWithParts(entry: TreeEntry): FolderEdits['put'][number] {
  return { parts: entry.path.split('/'), entry };
}

/** @param folder null for one that is not there yet @returns null when nothing is left in it */
async function editBelow(all: Editing, folder: Digest | null, edits: FolderEdits): Promise<Folder | null> {
  const remove = Map.groupBy(edits.remove, ([name = '']) => name);
  const put = Map.groupBy(edits.put, ({ parts: [name = ''] }) => name);
  const edit = async (name: string, before: EntryNode | null): Promise<EntryNode | null> => {
    const own: FolderEdits = {
      prefix: `${edits.prefix}${name}/`,
      remove: (remove.get(name) ?? []).map(([, ...rest]) => rest),
      put: (put.get(name) ?? []).map(({ parts: [, ...rest], entry }) => ({ parts: rest, entry })),
    };
    return editEntry(all, before, { ...own, name, path: `${edits.prefix}${name}` });
  };
  return editFolder(all, folder, { names: [...new Set([...remove.keys(), ...put.keys()])], edit });
}

/** What stands under a name afterwards; null for nothing. */
async function editEntry(
  all: Editing,
  before: EntryNode | null,
  edits: FolderEdits & { readonly name: string; readonly path: string },
): Promise<EntryNode | null> {
  const { name, path, remove, put } = edits;
  let left = before;
  if (remove.some((rest) => rest.length === 0)) {
    if (before === null) all.absent.push(path);
    else await takeOut(all, before, path);
    left = null;
  }
  const [file] = put.filter(({ parts }) => parts.length === 0).slice(-1);
  if (file !== undefined) {
    if (left !== null) await takeOut(all, left, path);
    return fileNodeOf(file.entry, name);
  }
  const deeper = remove.filter((rest) => rest.length > 0);
  if (left?.kind === 'file' && put.length > 0) {
    await takeOut(all, left, path);
    left = null;
  }
  if (left?.kind !== 'folder' && put.length === 0) {
    for (const rest of deeper) all.absent.push(`${path}/${rest.join('/')}`);
    return left;
  }
  const inner = await editBelow(all, left?.kind === 'folder' ? left.folder : null, { ...edits, remove: deeper });
  return inner === null ? null : { kind: 'folder', name, ...inner };
}

/** Notes the files that go with an entry. */
async function takeOut(all: Editing, entry: EntryNode, path: string): Promise<void> {
  if (entry.kind === 'file') {
    all.gone.push(entryOf(entry, path.slice(0, -entry.name.length)));
    return;
  }
  const { entries } = await readFolderRecords(all.reader, entry.folder);
  await all.reader.ahead?.(entries.flatMap((one) => (one.kind === 'folder' ? [one.folder] : [])));
  for (const one of entries) await takeOut(all, one, `${path}/${one.name}`);
}

/** Reads the records that were just built, which nobody has stored. */
function readerOf(records: readonly TreeRecord[]): TreeReader {
  const texts = new Map(records.map(({ digest, text }) => [digest, text]));
  return { readJson: async (digest) => JSON.parse(texts.get(digest) ?? 'null') as Json };
}
