import type { Digest } from './digest.ts';
import type { RunId } from './ids.ts';

/** One file of a tree. Paths use `/`, are relative, sorted by code unit, and hold no `.`, `..` or empty part. */
export interface TreeEntry {
  readonly path: string;
  readonly digest: Digest;
  readonly bytes: number;
  readonly executable?: true;
  /** For a symbolic link, where it leads, relative to its folder: to a file of the tree, which digest and bytes are those of. */
  readonly link?: string;
}

/** A folder as a list of files, however many records of the store it is made of; the digest of the topmost names the tree. */
export interface Tree {
  readonly entries: readonly TreeEntry[];
  /** The records below the topmost, each once: without them the tree cannot be read. */
  readonly parts: readonly Digest[];
}

/** An output of a step, stored by digest. For a tree, `digest` names the {@link Tree} and `bytes` is the sum over files. */
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
