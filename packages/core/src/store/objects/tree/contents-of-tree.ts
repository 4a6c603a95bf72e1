import type { Digest, Tree } from '@tidegate/formats';
import type { TreeContents } from '../object-store.ts';

/** The objects of a tree that was read. */
export function contentsOfTree(digest: Digest, { parts, entries }: Tree): TreeContents {
  return { records: [digest, ...parts], files: entries };
}
