import { canonicalJson, compareCodeUnits, type Digest, failure, isDigest, type Json, type Tree, type TreeEntry } from '@tidegate/formats';

/** Whether a path may stand in a tree: relative, `/` between parts, and no part that is empty, `.` or `..`. */
export function isTreePath(path: string): boolean {
  return path !== '' && !path.includes('\0') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** Entries in the order of the format. */
export function treeOf(entries: readonly TreeEntry[]): Tree {
  return { format: 'tidegate.tree/1', entries: [...entries].sort((a, b) => compareCodeUnits(a.path, b.path)) };
}

export function treeJson(tree: Tree): string {
  return canonicalJson(tree);
}

/** @throws TG-STORE-TREE when the value is no tree: a tree may come from elsewhere, and its paths decide where files are written. */
export function parseTree(value: Json, digest: Digest): Tree {
  const record = fieldsOf(value);
  const listed = record?.['entries'];
  if (record?.['format'] !== 'tidegate.tree/1' || !Array.isArray(listed)) throw notATree(digest, 'it is no tree');
  const entries = listed.map((entry: Json) => {
    const parsed = parseEntry(entry);
    if (parsed === null) throw notATree(digest, `it has the entry ${JSON.stringify(entry).slice(0, 200)}`);
    return parsed;
  });
  const twice = entries.find((entry, index) => index > 0 && compareCodeUnits(entries[index - 1]?.path ?? '', entry.path) >= 0);
  if (twice !== undefined) throw notATree(digest, `"${twice.path}" is there twice or out of order`);
  return { format: 'tidegate.tree/1', entries };
}

function parseEntry(value: Json): TreeEntry | null {
  const { path, digest, bytes, executable } = fieldsOf(value) ?? {};
  if (typeof path !== 'string' || !isTreePath(path)) return null;
  if (typeof digest !== 'string' || !isDigest(digest)) return null;
  if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0) return null;
  if (executable !== undefined && executable !== true) return null;
  return { path, digest, bytes, ...(executable === true && { executable }) };
}

function fieldsOf(value: Json): { readonly [name: string]: Json } | null {
  return typeof value === 'object' && value !== null && !isList(value) ? value : null;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function notATree(digest: Digest, found: string): Error {
  return failure('TG-STORE-TREE', `Cannot read object "${digest}" as a folder: ${found}`, 'Run "tidegate run" to make it again');
}
