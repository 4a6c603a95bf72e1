import { hash } from 'node:crypto';
import { compareCodeUnits, type Digest, type TreeEntry } from '@tidegate/formats';
import { digestOfBytes } from '../../../platform/index.ts';
import { type Bucket, type EntryNode, nodeText, sortKey, type TreeNode } from './tree-node.ts';

/** A record of a tree as it is stored. */
export interface TreeRecord {
  readonly digest: Digest;
  readonly text: string;
}

export interface BuiltTree {
  readonly digest: Digest;
  /** Every record, those that others name before them; the last is the topmost. One that is needed twice may be there twice. */
  readonly records: readonly TreeRecord[];
}

/** A longer list of entries or buckets is cut. As a record it stays below what the store keeps as a small object. */
export const mostEntries = 96;

/** A bucket has about 2^5 entries: as few as make one change cheap, as many as make a list of them short. */
const bucketBits = 5;

/**
 * The records of a folder with these files: one for each folder, and for one with many entries one for each bucket of them. Where a bucket begins is
 * decided by the name alone, so the same files make the same records whatever was there before, and one changed file makes
 * those on its path anew and no others.
 */
export function buildTree(files: Iterable<TreeEntry>): BuiltTree {
  const sorted = [...files].sort((a, b) => compareCodeUnits(a.path, b.path));
  const records: TreeRecord[] = [];
  return { digest: folderOf(sorted, { from: 0, to: sorted.length, prefix: 0 }, (node) => keptIn(records, node)).folder, records };
}

/** The record of one folder, with those of its buckets, of entries in any order. What the folders in it are made of is theirs to say. */
export function buildFolder(entries: readonly EntryNode[]): { readonly folder: Folder; readonly records: readonly TreeRecord[] } {
  const records: TreeRecord[] = [];
  const sorted = entries.toSorted((a, b) => compareCodeUnits(sortKey(a), sortKey(b)));
  return { folder: recordOf(sorted, (node) => keptIn(records, node)), records };
}

function keptIn(records: TreeRecord[], node: TreeNode): Digest {
  const text = nodeText(node);
  const digest = digestOfBytes(text);
  records.push({ digest, text });
  return digest;
}

/** Part of the sorted list whose paths share their first `prefix` characters. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly prefix: number;
}

/** Puts a record aside for whoever stores it. */
export type Keep = (node: TreeNode) => Digest;
/** A folder as the one that it lies in names it. */
export type Folder = Pick<Extract<EntryNode, { readonly kind: 'folder' }>, 'folder' | 'files' | 'bytes'>;

function folderOf(files: readonly TreeEntry[], span: Span, keep: Keep): Folder {
  const entries: EntryNode[] = [];
  for (let at = span.from; at < span.to;) {
    const file = files[at];
    if (file === undefined) break;
    const slash = file.path.indexOf('/', span.prefix);
    if (slash < 0) {
      const { path, digest, bytes, executable, link } = file;
      const name = path.slice(span.prefix);
      entries.push({
        kind: 'file',
        name,
        digest,
        bytes,
        ...(executable === true && { executable }),
        ...(link !== undefined && { link }),
      });
      at += 1;
      continue;
    }
    const end = endOfPrefix(files, { from: at, to: span.to }, file.path.slice(0, slash + 1));
    entries.push({
      kind: 'folder',
      name: file.path.slice(span.prefix, slash),
      ...folderOf(files, { from: at, to: end, prefix: slash + 1 }, keep),
    });
    at = end;
  }
  return recordOf(entries, keep);
}

/** The first index from which paths no longer begin so. */
function endOfPrefix(files: readonly TreeEntry[], { from, to }: Pick<Span, 'from' | 'to'>, prefix: string): number {
  let [low, high] = [from + 1, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (files[middle]?.path.startsWith(prefix) === true) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The record of a folder with these entries, in the order of {@link sortKey}. */
export function recordOf(entries: readonly EntryNode[], keep: Keep): Folder {
  if (entries.length <= mostEntries)
    return { folder: keep({ kind: 'entries', entries }), files: filesOf(entries), bytes: bytesOf(entries) };
  return recordOfBuckets(bucketsOf(entries, keep), keep);
}

/** Entries cut into buckets, each stored. */
export function bucketsOf(entries: readonly EntryNode[], keep: Keep): readonly Bucket[] {
  return groups(entries, (entry) => beginsBucket(sortKey(entry), 0)).map((group) => ({
    first: group[0] === undefined ? '' : sortKey(group[0]),
    node: keep({ kind: 'entries', entries: group }),
    files: filesOf(group),
    bytes: bytesOf(group),
  }));
}

/** The record of a folder that is cut into these buckets. */
export function recordOfBuckets(all: readonly Bucket[], keep: Keep): Folder {
  const sums = { files: all.reduce((sum, { files }) => sum + files, 0), bytes: bytesOf(all) };
  let buckets = all;
  for (let level = 1; buckets.length > mostEntries && level < deepest; level++)
    buckets = groups(buckets, ({ first }) => beginsBucket(first, level)).map((group): Bucket => ({
      first: group[0]?.first ?? '',
      node: keep({ kind: 'buckets', buckets: group }),
      files: group.reduce((sum, { files }) => sum + files, 0),
      bytes: bytesOf(group),
    }));
  return { folder: keep({ kind: 'buckets', buckets }), ...sums };
}

/** So many times five bits are taken of a hash; then a folder has more files than a disk. */
const deepest = 6;

/** Whether a bucket begins with the entry that sorts so, whatever stands before it. */
export function beginsBucket(key: string, level: number): boolean {
  return Number.parseInt(hash('sha256', key).slice(2 * level, 2 * level + 2), 16) < 1 << (8 - bucketBits);
}

/** Cuts a list before every item that begins a group. */
function groups<T>(items: readonly T[], begins: (item: T) => boolean): readonly (readonly T[])[] {
  const cut: T[][] = [];
  for (const item of items) {
    if (cut.length === 0 || begins(item)) cut.push([]);
    cut.at(-1)?.push(item);
  }
  return cut;
}

function filesOf(entries: readonly EntryNode[]): number {
  return entries.reduce((sum, entry) => sum + (entry.kind === 'folder' ? entry.files : 1), 0);
}

function bytesOf(all: readonly { readonly bytes: number }[]): number {
  return all.reduce((sum, { bytes }) => sum + bytes, 0);
}
