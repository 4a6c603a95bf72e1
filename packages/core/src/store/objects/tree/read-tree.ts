import { compareCodeUnits, type Digest, isDigest, type Json, type Tree, type TreeEntry } from '@tidegate/formats';
import { type EntryNode, fieldsOf, isList, notATree, parseNode, sortKey } from './tree-node.ts';
import { endOfLink, isTreePath } from './tree-path.ts';

/** How records of a tree are come by. */
export interface TreeReader {
  readonly readJson: (digest: Digest) => Promise<Json>;
  /** Called before many records are read, so that they can be brought at once. Default: each is read by itself. */
  readonly ahead?: (records: readonly Digest[]) => Promise<unknown>;
}

/** A folder, as its own record or records have it. */
export interface FolderRecords {
  /** In the order of {@link sortKey}. */
  readonly entries: readonly EntryNode[];
  /** The records of its buckets. */
  readonly parts: readonly Digest[];
}

/**
 * All files of a tree in the order of their paths.
 *
 * @throws TG-STORE-TREE when the value is no tree: a tree may come from elsewhere, and its paths decide where files are written
 */
export async function readWholeTree(reader: TreeReader, digest: Digest): Promise<Tree> {
  const flat = flatTree(await reader.readJson(digest), digest);
  if (flat !== null) return flat;
  const [entries, parts]: [TreeEntry[], Set<Digest>] = [[], new Set()];
  const visit = async (folder: Digest, prefix: string): Promise<void> => {
    const records = await readFolderRecords(reader, folder);
    for (const part of records.parts) parts.add(part);
    const below = records.entries.flatMap((entry) => (entry.kind === 'folder' ? [entry.folder] : []));
    if (below.length > 1) await reader.ahead?.(below);
    for (const entry of records.entries)
      if (entry.kind === 'folder') {
        parts.add(entry.folder);
        await visit(entry.folder, `${prefix}${entry.name}/`);
      } else entries.push(entryOf(entry, prefix));
  };
  await visit(digest, '');
  refuseStrayLinks(entries, digest);
  return { entries, parts: [...parts] };
}

/** The entries of one folder and nothing below it. @throws as {@link readWholeTree}, also for a tree of format 1, which has no folders */
export async function readFolderRecords(reader: TreeReader, digest: Digest): Promise<FolderRecords> {
  const node = parseNode(await reader.readJson(digest), digest);
  if (node === null) throw notATree(digest, 'it is no record of a folder');
  if (node.kind === 'entries') return { entries: unambiguous(node.entries, digest), parts: [] };
  const parts: Digest[] = [];
  const leaves = async (buckets: readonly { readonly node: Digest }[], depth: number): Promise<readonly EntryNode[]> => {
    if (depth > 16) throw notATree(digest, 'its buckets lie in one another without end');
    await reader.ahead?.(buckets.map(({ node: bucket }) => bucket));
    const found: EntryNode[] = [];
    for (const { node: bucket } of buckets) {
      parts.push(bucket);
      const inner = parseNode(await reader.readJson(bucket), bucket);
      if (inner === null) throw notATree(bucket, 'it is no record of a folder');
      for (const entry of inner.kind === 'entries' ? inner.entries : await leaves(inner.buckets, depth + 1)) found.push(entry);
    }
    return found;
  };
  const entries = await leaves(node.buckets, 0);
  const wrong = entries.find((entry, index) => {
    const before = entries[index - 1];
    return before !== undefined && compareCodeUnits(sortKey(before), sortKey(entry)) >= 0;
  });
  if (wrong !== undefined) throw notATree(digest, `${JSON.stringify(wrong.name)} is there twice or out of order`);
  return { entries: unambiguous(entries, digest), parts };
}

/** A file and a folder of one name could not both be written. */
function unambiguous(entries: readonly EntryNode[], digest: Digest): readonly EntryNode[] {
  const folders = new Set(entries.flatMap(({ kind, name }) => (kind === 'folder' ? [name] : [])));
  const both = folders.size === 0 ? undefined : entries.find(({ kind, name }) => kind === 'file' && folders.has(name));
  if (both !== undefined) throw notATree(digest, `${JSON.stringify(both.name)} is a file and a folder`);
  return entries;
}

export function entryOf(
  { name, digest, bytes, executable, link }: Extract<EntryNode, { readonly kind: 'file' }>,
  prefix: string,
): TreeEntry {
  return { path: `${prefix}${name}`, digest, bytes, ...(executable === true && { executable }), ...(link !== undefined && { link }) };
}

/** A link has to lead to a file of the tree that has the bytes that the link is said to have. */
function refuseStrayLinks(entries: readonly TreeEntry[], digest: Digest): void {
  const links = entries.filter(({ link }) => link !== undefined);
  if (links.length === 0) return;
  const files = new Map(entries.map((entry) => [entry.path, entry]));
  for (const { path, link = '', digest: content } of links) {
    const end = endOfLink(path, link);
    if (end === null || files.get(end)?.digest !== content)
      throw notATree(digest, `the link ${JSON.stringify(path)} leads to ${JSON.stringify(link)}, which is no file of it`);
  }
}

/** A tree of format 1, one list of all files; null for any other value that may be a tree. */
export function flatTree(value: Json, digest: Digest): Tree | null {
  const { format, entries: listed } = fieldsOf(value) ?? {};
  if (format === 'tidegate.tree/2') return null;
  if (format !== 'tidegate.tree/1' || !isList(listed)) throw notATree(digest, 'it is no tree');
  const entries = listed.map((entry: Json) => {
    const parsed = parseFlatEntry(entry);
    if (parsed === null) throw notATree(digest, `it has the entry ${JSON.stringify(entry).slice(0, 200)}`);
    return parsed;
  });
  const twice = entries.find((entry, index) => index > 0 && compareCodeUnits(entries[index - 1]?.path ?? '', entry.path) >= 0);
  if (twice !== undefined) throw notATree(digest, `"${twice.path}" is there twice or out of order`);
  return { entries, parts: [] };
}

function parseFlatEntry(value: Json): TreeEntry | null {
  const { path, digest, bytes, executable } = fieldsOf(value) ?? {};
  if (typeof path !== 'string' || !isTreePath(path)) return null;
  if (typeof digest !== 'string' || !isDigest(digest)) return null;
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0) return null;
  if (executable !== undefined && executable !== true) return null;
  return { path, digest, bytes, ...(executable === true && { executable }) };
}
