import { fingerprintFolder } from './fingerprint-folder.ts';

/** Folders of which several threads take one after the other: `next` is shared, and holds the place of the first that nobody has taken. */
export interface FoldersToShare {
  readonly folders: readonly string[];
  readonly next: Int32Array;
}

/** A place among the folders, and what `fingerprintFolder` says of that one. */
export type PlacedFingerprint = readonly [number, string | null];

export function foldersToShare(folders: readonly string[]): FoldersToShare {
  return { folders, next: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) };
}

/** Of the folders that nobody else takes meanwhile. */
export function fingerprintHere({ folders, next }: FoldersToShare): readonly PlacedFingerprint[] {
  const placed: PlacedFingerprint[] = [];
  for (let index = Atomics.add(next, 0, 1); index < folders.length; index = Atomics.add(next, 0, 1))
    placed.push([index, fingerprintFolder(folders[index] ?? '')]);
  return placed;
}
