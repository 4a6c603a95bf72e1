import type { Digest } from './digest.ts';

/** One file of a tree. Paths use `/`, are relative, sorted by code unit, and hold no `.`, `..` or empty part. */
export interface TreeEntry {
  readonly path: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly executable?: true;
}

/** A folder as a list of files; its canonical JSON is an object of the store, whose digest names the tree. */
export interface Tree {
  readonly format: 'tidegate.tree/1';
  readonly entries: readonly TreeEntry[];
}

/** An output of a step, stored by digest. For a tree, `digest` names the {@link Tree} object and `bytes` is the sum over files. */
export interface Artifact {
  readonly kind: 'file' | 'tree';
  readonly digest: Digest;
  readonly bytes: number;
  readonly files: number;
}
