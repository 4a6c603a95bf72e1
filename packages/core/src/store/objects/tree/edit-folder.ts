import { compareCodeUnits, type Digest, type TreeEntry } from '@tidegate/formats';
import { type Folder, beginsBucket, bucketsOf, type Keep, mostEntries, recordOf, recordOfBuckets } from './build-tree.ts';
import { readFolderRecords, type TreeReader } from './read-tree.ts';
import { type Bucket, type EntryNode, type FileNode, parseNode, sortKey } from './tree-node.ts';

/** What the entry of a name becomes; null for nothing. */
type EditEntry = (name: string, before: EntryNode | null) => Promise<EntryNode | null>;

interface EditParts {
  readonly reader: TreeReader;
  readonly keep: Keep;
}

/**
 * The record of a folder in which the entries of these names are others. Of one that is cut into buckets only those are read in which they lie, or whose
 * border moves with them.
 *
 * @param folder null for one that is not there yet
 * @returns null when nothing is left in it
 */
export async function editFolder(
  { reader, keep }: EditParts,
  folder: Digest | null,
  { names, edit }: { readonly names: readonly string[]; readonly edit: EditEntry },
): Promise<Folder | null> {
  const parts = folder === null ? [{ first: '', bucket: null, entries: [] }] : await partsOf(reader, folder);
  const keysOf = names.flatMap((name) => [name, `${name}/`]);
  await loadAll(
    reader,
    keysOf.map((key) => partFor(parts, key)),
  );
  await editNames(parts, names, edit);
  const joined = await joinParts(reader, parts);
  await loadUntilMany(reader, joined);
  if (joined.length === 0) return null;
  const loaded = joined.flatMap(({ entries }) => (entries === null ? [] : [entries]));
  const isShort = loaded.length === joined.length && loaded.reduce((sum, { length }) => sum + length, 0) <= mostEntries;
  if (isShort) return recordOf(loaded.flat(), keep);
  return recordOfBuckets(
    joined.flatMap(({ bucket, entries }): readonly Bucket[] =>
      entries === null ? (bucket === null ? [] : [bucket]) : bucketsOf(entries, keep),
    ),
    keep,
  );
}

/** A file of a tree as its folder has it. */
export function fileNodeOf({ digest, bytes, executable, link }: TreeEntry, name: string): FileNode {
  return { kind: 'file', name, digest, bytes, ...(executable === true && { executable }), ...(link !== undefined && { link }) };
}

/** A bucket of the folder, or all of it. Entries are null until they are read. */
interface Part {
  readonly first: string;
  readonly bucket: Bucket | null;
  entries: readonly EntryNode[] | null;
}

async function partsOf(reader: TreeReader, folder: Digest): Promise<readonly Part[]> {
  const node = parseNode(await reader.readJson(folder), folder);
  if (node?.kind !== 'buckets') return [{ first: '', bucket: null, entries: (await readFolderRecords(reader, folder)).entries }];
  return (await lowestBuckets(reader, node.buckets)).map((bucket) => ({ first: bucket.first, bucket, entries: null }));
}

/** The buckets that hold entries; those that hold buckets are read. All of a level are of one kind. */
async function lowestBuckets(reader: TreeReader, buckets: readonly Bucket[]): Promise<readonly Bucket[]> {
  const [first] = buckets;
  const inner = first === undefined ? null : parseNode(await reader.readJson(first.node), first.node);
  if (inner?.kind !== 'buckets') return buckets;
  await reader.ahead?.(buckets.map(({ node }) => node));
  const below: Bucket[] = [];
  for (const { node } of buckets) {
    const read = parseNode(await reader.readJson(node), node);
    if (read?.kind === 'buckets') below.push(...read.buckets);
  }
  return lowestBuckets(reader, below);
}

/** The last part that begins before a key, or the first one. */
function partFor(parts: readonly Part[], key: string): Part {
  let [low, high] = [0, parts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((parts[middle]?.first ?? '') > key) high = middle - 1;
    else low = middle;
  }
  const found = parts[low];
  if (found === undefined) throw new Error('A folder has no part for a name; please report this');
  return found;
}

async function loadAll(reader: TreeReader, parts: readonly Part[]): Promise<void> {
  const wanted = [...new Set(parts.filter(({ entries }) => entries === null))];
  if (wanted.length > 1) await reader.ahead?.(wanted.flatMap(({ bucket }) => (bucket === null ? [] : [bucket.node])));
  for (const part of wanted) if (part.bucket !== null) part.entries = (await readFolderRecords(reader, part.bucket.node)).entries;
}

/** Edits the entries of these names, and puts those of each part in order once. */
async function editNames(parts: readonly Part[], names: readonly string[], edit: EditEntry): Promise<void> {
  const edited = new Map<Part, Map<string, EntryNode>>();
  const entriesAt = (key: string): Map<string, EntryNode> => {
    const part = partFor(parts, key);
    const known = edited.get(part);
    if (known !== undefined) return known;
    const entries = new Map((part.entries ?? []).map((entry) => [sortKey(entry), entry]));
    edited.set(part, entries);
    return entries;
  };
  for (const name of names) {
    const keys = [name, `${name}/`];
    const before = keys.flatMap((key) => entriesAt(key).get(key) ?? [])[0] ?? null;
    const after = await edit(name, before);
    if (before !== null) entriesAt(sortKey(before)).delete(sortKey(before));
    if (after !== null) entriesAt(sortKey(after)).set(sortKey(after), after);
  }
  for (const [part, entries] of edited)
    part.entries = [...entries].sort(([one], [other]) => compareCodeUnits(one, other)).map(([, entry]) => entry);
}

/** Parts whose first entry begins no bucket any more belong to the one before; empty ones to none. */
async function joinParts(reader: TreeReader, parts: readonly Part[]): Promise<readonly Part[]> {
  const left = [...parts];
  for (let at = left.length - 1; at >= 0; at--) {
    const part = left[at];
    const [first] = part?.entries ?? [];
    if (part === undefined || part.entries === null) continue;
    if (first === undefined) {
      left.splice(at, 1);
      continue;
    }
    const before = left[at - 1];
    if (before === undefined || beginsBucket(sortKey(first), 0)) continue;
    await loadAll(reader, [before]);
    before.entries = [...(before.entries ?? []), ...part.entries];
    left.splice(at, 1);
  }
  return left;
}

/** Reads on until it is sure whether there are so many entries that they are cut: of a part that is not read only is known that it has some. */
async function loadUntilMany(reader: TreeReader, parts: readonly Part[]): Promise<void> {
  const least = (): number => parts.reduce((sum, { entries }) => sum + (entries?.length ?? 1), 0);
  for (const part of parts) if (least() <= mostEntries && part.entries === null) await loadAll(reader, [part]);
}
