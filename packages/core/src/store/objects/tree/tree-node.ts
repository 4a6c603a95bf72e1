import { type Digest, failure, isDigest, type Json } from '@tidegate/formats';
import { isTreeName } from './tree-path.ts';

/** A file in its folder. */
export interface FileNode {
  readonly kind: 'file';
  readonly name: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly executable?: true;
  readonly link?: string;
}

/** A folder in its folder: the record of what is in it, and how much that is altogether. */
export interface FolderNode {
  readonly kind: 'folder';
  readonly name: string;
  readonly folder: Digest;
  readonly files: number;
  readonly bytes: number;
}

export type EntryNode = FileNode | FolderNode;

/** One part of a folder with many entries. */
export interface Bucket {
  /** Sorts no later than any of its entries, and after those of the buckets before. */
  readonly first: string;
  readonly node: Digest;
  readonly files: number;
  readonly bytes: number;
}

/** A record of `tidegate.tree/2`: a folder, or which parts it was cut into. Specification: docs/reference/formats/object-store.md. */
export type TreeNode =
  { readonly kind: 'entries'; readonly entries: readonly EntryNode[] } | { readonly kind: 'buckets'; readonly buckets: readonly Bucket[] };

/** What entries are sorted by: then a list of all paths is sorted as well. */
export function sortKey({ kind, name }: Pick<EntryNode, 'kind' | 'name'>): string {
  return kind === 'folder' ? `${name}/` : name;
}

/** Canonical JSON, written out here because there are many of them. */
export function nodeText(node: TreeNode): string {
  return node.kind === 'entries'
    ? `{"entries":[${node.entries.map(entryText).join(',')}],"format":"tidegate.tree/2"}`
    : `{"buckets":[${node.buckets.map(bucketText).join(',')}],"format":"tidegate.tree/2"}`;
}

function entryText(entry: EntryNode): string {
  const name = JSON.stringify(entry.name);
  if (entry.kind === 'folder') return `{"bytes":${entry.bytes},"files":${entry.files},"folder":"${entry.folder}","name":${name}}`;
  const executable = entry.executable === true ? ',"executable":true' : '';
  const link = entry.link === undefined ? '' : `,"link":${JSON.stringify(entry.link)}`;
  return `{"bytes":${entry.bytes},"digest":"${entry.digest}"${executable}${link},"name":${name}}`;
}

function bucketText({ first, node, files, bytes }: Bucket): string {
  return `{"bytes":${bytes},"files":${files},"first":${JSON.stringify(first)},"node":"${node}"}`;
}

/** Null for a value of another format. @throws TG-STORE-TREE when it is a record of this format and breaks its rules */
export function parseNode(value: Json, digest: Digest): TreeNode | null {
  const { format, entries, buckets } = fieldsOf(value) ?? {};
  if (format !== 'tidegate.tree/2') return null;
  if (isList(entries) && buckets === undefined)
    return { kind: 'entries', entries: parseAll(entries, parseEntry, { digest, keyOf: sortKey }) };
  if (isList(buckets) && entries === undefined && buckets.length > 0)
    return { kind: 'buckets', buckets: parseAll(buckets, parseBucket, { digest, keyOf: ({ first }) => first }) };
  throw notATree(digest, 'it has neither entries nor buckets');
}

function parseAll<T>(
  values: readonly Json[],
  parse: (value: { readonly [name: string]: Json }) => T | null,
  { digest, keyOf }: { readonly digest: Digest; readonly keyOf: (parsed: T) => string },
): readonly T[] {
  let last: string | null = null;
  return values.map((value) => {
    const fields = fieldsOf(value);
    const parsed = fields === null ? null : parse(fields);
    if (parsed === null) throw notATree(digest, `it has the entry ${JSON.stringify(value).slice(0, 200)}`);
    const key = keyOf(parsed);
    if (last !== null && last >= key) throw notATree(digest, `${JSON.stringify(key)} is there twice or out of order`);
    last = key;
    return parsed;
  });
}

function parseEntry({ name, digest, bytes, executable, link, folder, files }: { readonly [name: string]: Json }): EntryNode | null {
  if (typeof name !== 'string' || !isTreeName(name) || !isCount(bytes)) return null;
  if (typeof folder === 'string')
    return isDigest(folder) && isCount(files) && digest === undefined ? { kind: 'folder', name, folder, files, bytes } : null;
  if (typeof digest !== 'string' || !isDigest(digest) || files !== undefined) return null;
  if (executable !== undefined && executable !== true) return null;
  if (link !== undefined && typeof link !== 'string') return null;
  return { kind: 'file', name, digest, bytes, ...(executable === true && { executable }), ...(link !== undefined && { link }) };
}

function parseBucket({ first, node, files, bytes }: { readonly [name: string]: Json }): Bucket | null {
  const isWhole = typeof first === 'string' && typeof node === 'string' && isDigest(node) && isCount(files) && isCount(bytes);
  return isWhole ? { first, node, files, bytes } : null;
}

function isCount(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

export function fieldsOf(value: Json): { readonly [name: string]: Json } | null {
  return typeof value === 'object' && value !== null && !isList(value) ? value : null;
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function notATree(digest: Digest, found: string): Error {
  return failure('TG-STORE-TREE', `Cannot read object "${digest}" as a folder: ${found}`, 'Run "tidegate run" to make it again');
}
