import type { LeftOut, LeftOutRows } from '@tidegate/core';
import { whole } from './figures.ts';
import { harmless } from './terminal.ts';
import { counted } from './words.ts';

/** What `keep` leaves out of a version; nothing when that is nothing. */
export function leftOutLines(leftOut: LeftOut | LeftOutRows | null): readonly string[] {
  if (leftOut === null) return [];
  const before = `before ${harmless(leftOut.before)}`;
  const what =
    'rows' in leftOut
      ? `${whole(leftOut.rows)} rows of partitions ${before} are left out`
      : `${counted(leftOut.files, 'file')} in ${counted(leftOut.partitions, 'partition')} ${before} ${leftOut.files === 1 ? 'is' : 'are'} left out`;
  return [`  ${what}, as "keep" says.${'rows' in leftOut ? '' : ' They stay where they are.'}`];
}
