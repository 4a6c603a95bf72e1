import type { ToldConflict } from '@tidegate/core';
import { type DatasetVersion, type Digest, shortDigest } from '@tidegate/formats';
import { bytes, whole } from '../render/figures.ts';
import { counted } from '../render/words.ts';
import { dataConflictLines, settlingLine } from './data-conflict-lines.ts';

/** Conflicts of a merge in words, both versions with what is known of them. */
export function mergeConflictLines(conflicts: readonly ToldConflict[], path: string): readonly string[] {
  if (conflicts.length === 0) return [];
  return [
    ...conflicts.flatMap((conflict) => {
      const { section, name, base, ours, theirs, versions, merge } = conflict;
      return [
        `tidegate: ${section}.${name} was moved on both sides${base === null ? '' : `, from ${shortDigest(base)}`}:`,
        `  ours    ${sideOf(ours, versions.ours)}`,
        `  theirs  ${sideOf(theirs, versions.theirs)}`,
        ...(merge === null ? [] : dataConflictLines(merge)),
        ...(isOfData(conflict) ? [`  ${wayOut(conflict)}`] : []),
      ];
    }),
    `Or keep one line of each in ${path}. Then run: git add ${path}`,
  ];
}

function isOfData({ section, ours, theirs }: ToldConflict): boolean {
  return section === 'data' && ours !== null && theirs !== null;
}

function wayOut({ name, merge }: ToldConflict): string {
  if (merge === null) return `Run "tidegate data merge ${name}" to merge both, with what is not on this machine from the remote`;
  return settlingLine(merge);
}

function sideOf(digest: Digest | null, version: DatasetVersion | null): string {
  if (digest === null) return 'no longer pinned';
  if (version === null) return shortDigest(digest);
  return `${shortDigest(digest)}, ${counted(version.files, 'file')}, ${bytes(version.bytes)}, ${whole(version.rows)} rows`;
}
