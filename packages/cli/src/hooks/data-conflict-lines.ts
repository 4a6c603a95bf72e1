import type { MergeConflict, MergedDataset } from '@tidegate/core';
import { unreachable } from '@tidegate/formats';
import { whole } from '../render/figures.ts';
import { shownName } from '../render/shown-name.ts';

type Conflict = Extract<MergedDataset, { readonly kind: 'conflict' }>;

/** What both sides of a dataset changed in different ways, a line each. */
export function dataConflictLines({ count, conflicts }: Conflict): readonly string[] {
  const more = count - conflicts.length;
  return [...conflicts.map((conflict) => `  ${conflictWords(conflict)}`), ...(more > 0 ? [`  and ${whole(more)} more`] : [])];
}

/**
 * What to do about them. A preference settles files and rows; nothing says what columns of two types, or a file in the place of a folder, would come to.
 *
 * @param options of the command that found them
 */
export function settlingLine({ dataset, conflicts }: Conflict, options: readonly string[] = []): string {
  const command = ['tidegate data merge', dataset, ...options].join(' ');
  if (conflicts.every(({ kind }) => kind === 'file' || kind === 'row'))
    return `Run "${command} --prefer ours" or "--prefer theirs" to settle those and take all else of both`;
  return `No preference settles that: keep one of the versions, or bring both to the same shape and run "${command}" again`;
}

function conflictWords(conflict: MergeConflict): string {
  switch (conflict.kind) {
    case 'file':
      return `${shownName(conflict.path)}: ${sidesWords(conflict)}`;
    case 'path':
      return `${shownName(conflict.path)}: ${conflict.problem === 'file and folder' ? 'a file on one side, a folder on the other' : 'a link to a file that the other side removed'}`;
    case 'row': {
      const key = Object.entries(conflict.key).map(([column, value]) => `${column}=${value}`);
      return `${shownName(key.join(', '))}: ${sidesWords(conflict)}${conflict.columns.length === 0 ? '' : `: ${shownName(conflict.columns.join(', '))}`}`;
    }
    case 'column':
      return `column ${shownName(conflict.column)}: ${conflict.ours} in ours, ${conflict.theirs} in theirs`;
    case 'shape':
      return shapeWords[conflict.problem];
    default:
      return unreachable(conflict);
  }
}

const shapeWords = {
  'table and files': 'one side is a table, the other is files',
  keys: 'the sides have different keys',
  'rows without a key':
    'both sides took the same rows out and put others in, and without a key nothing tells whether those are the same rows changed',
  'columns without a key': 'the sides have different columns, and without a key nothing tells which row is which',
} as const;

function sidesWords({ ours, theirs }: Pick<Extract<MergeConflict, { readonly kind: 'file' }>, 'ours' | 'theirs'>): string {
  return ours === theirs ? `${ours} on both sides` : `${ours} by ours, ${theirs} by theirs`;
}
