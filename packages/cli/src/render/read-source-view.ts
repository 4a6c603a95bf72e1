import type { ChangedColumns, ColumnReader, ReadSource, SchemaChange } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { bytes, whole } from './figures.ts';
import { harmless, type Terminal } from './terminal.ts';
import { counted } from './words.ts';

/** A moving line of what a source is doing; nothing where there is no terminal. */
export function sourceProgress(terminal: Terminal, dataset: string): (doing: string, fraction: number | null) => void {
  return (doing, fraction) => terminal.status(`… ${dataset}: ${doing}${fraction === null ? '' : `, ${Math.round(fraction * 100)} %`}`);
}

/** What a source gave, how its columns differ, and what depends on them. */
export function readSourceLines(read: ReadSource, terminal: Terminal): readonly string[] {
  const { dataset, tree, unit, rows, readRows, newBytes, isNew, changes, affects, readers, notices } = read;
  const came = isNew ? `${shortDigest(tree)}, ${bytes(newBytes)} new` : 'nothing new';
  const mark = terminal.style('yellow', '!');
  return [
    `data.${dataset}: ${counted(rows, unit)}, ${whole(readRows)} read; ${came}.`,
    ...changes.map((change) => `  ${mark} ${changeWords(change)}`),
    ...readerLines(readers),
    ...(affects.length === 0 ? [] : [`    what depends on it: ${affects.join(', ')}`]),
    ...notices.map((notice) => `  ${mark} ${harmless(notice)}`),
  ];
}

/** What of the project names columns that changed, a line for each. */
function readerLines(readers: readonly ColumnReader[]): readonly string[] {
  return [...new Set(readers.map(({ column }) => column))].map((column) => {
    const own = readers.filter((reader) => reader.column === column).map(({ name, where }) => `${name} (${harmless(where)})`);
    return `    "${harmless(column)}" is named by ${own.slice(0, 10).join(', ')}${own.length > 10 ? ` and ${own.length - 10} more` : ''}`;
  });
}

/** Of a plan: columns of sources that are others than those of the pinned version, and what names them. */
export function changedColumnsLines(changed: readonly ChangedColumns[], { style }: Pick<Terminal, 'style'>): readonly string[] {
  return changed.flatMap(({ dataset, changes, readers }) => [
    `data.${dataset}: its columns are others than those of the pinned version`,
    ...changes.map((change) => `  ${style('yellow', '!')} ${changeWords(change)}`),
    ...readerLines(readers),
  ]);
}

function changeWords(change: SchemaChange): string {
  const column = harmless(change.column);
  switch (change.kind) {
    case 'added':
      return `The column "${column}" is new: ${change.type}`;
    case 'dropped':
      return `The column "${column}" is gone: it was ${change.type}`;
    case 'renamed':
      return `The column "${harmless(change.from)}" is called "${column}" now: ${change.evidence}`;
    case 'retyped':
      return `The column "${column}" is ${change.type} now: it was ${change.from}`;
    case 'reordered':
      return `The column "${column}" is at place ${change.to + 1} now: it was at ${change.from + 1}`;
  }
}
