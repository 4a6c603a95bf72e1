import { createHash } from 'node:crypto';
import { canonicalJson } from '@tidegate/formats';
import { type MergeLimits, stepLimits, wholeLimits } from '@tidegate/runtime';

/** Parts that are merged into one. */
export interface Merge {
  /** SHA-256 (hexadecimal) over what is merged and how. */
  readonly key: string;
  /** Keys of parts and of earlier merges, in the order of the rows. */
  readonly of: readonly string[];
  readonly limits: MergeLimits;
}

/** Counted up when parts are merged otherwise than before. */
const merging = 1;
/** So many are merged at once, but for the last one where there is a single one left. */
const [fewest, most] = [2, 12] as const;
/** Up to so many are merged into the part of all rows. */
const mostAtLast = 8;
/** One of so many keys ends a merge. */
const oneIn = 4;

/**
 * Which parts are merged with which, from the first on; the last gives the part of all rows, and a single part needs none. Where a merge ends is decided by the keys alone, so the same files give the same
 * merges whatever came before, and a file that changed, came or went changes few of them: about the logarithm of all.
 */
export function mergesOf(parts: readonly string[]): readonly Merge[] {
  if (parts.length === 1) return [];
  const merges = new Map<string, Merge>();
  let keys = parts;
  let neighbours = neighboursIn(keys);
  while (keys.length > mostAtLast && neighbours.length > 1) {
    keys = neighbours.map((of) => {
      const [only = ''] = of;
      if (of.length === 1) return only;
      const merge = mergeOf(of, stepLimits);
      merges.set(merge.key, merge);
      return merge.key;
    });
    neighbours = neighboursIn(keys);
  }
  return [...merges.values(), mergeOf(keys, wholeLimits)];
}

function mergeOf(of: readonly string[], limits: MergeLimits): Merge {
  const key = createHash('sha256').update(canonicalJson({ merging, limits, of })).digest('hex');
  return { key, of, limits };
}

function neighboursIn(keys: readonly string[]): readonly (readonly string[])[] {
  const all: string[][] = [];
  for (const key of keys) {
    const last = all.at(-1);
    const isFull = last === undefined || last.length >= most || (last.length >= fewest && isEnd(last.at(-1)));
    if (isFull) all.push([key]);
    else last.push(key);
  }
  return all;
}

function isEnd(key: string | undefined): boolean {
  return key !== undefined && Number.parseInt(key.slice(0, 8), 16) % oneIn === 0;
}
