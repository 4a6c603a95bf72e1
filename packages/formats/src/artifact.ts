import type { Digest } from './digest.ts';
import type { RunId } from './ids.ts';

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
  /** What enters the keys of other steps instead of `digest`; absent for an output whose step declares nothing of the sort. */
  readonly stable?: StableDigest;
}

/** Identity of what matters of an output. Outputs with one such digest count as one, and the first of them stands for all. */
export interface StableDigest {
  readonly digest: Digest;
  /** The run that made the first. */
  readonly run: RunId;
}
