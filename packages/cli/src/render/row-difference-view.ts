import type { ComparedFiles, DatasetDifference } from '@tidegate/core';
import { type Json, shortDigest } from '@tidegate/formats';
import { code, md, type Piece, table } from '../ci/markdown.ts';
import { harmless } from './terminal.ts';
import { counted, valueWords } from './words.ts';

type RowDifference = NonNullable<DatasetDifference['rowChanges']>;
type Row = RowDifference['examples']['added'][number];

/** How rows differ, for a person: counts, the columns that changed, and some rows. */
export function rowDifferenceLines(rows: RowDifference): readonly string[] {
  const { examples, renamed } = rows;
  return [
    `${headline(rows)}.`,
    ...rows.changedColumns.map(({ name, rows: count }) => `  ${harmless(name)}: changed in ${counted(count, 'row')}`),
    ...renamed.map(
      ({ before, after }) => `  ${harmless(before)} is called ${harmless(after)} now: all rows that both have are equal in it`,
    ),
    ...examples.added.map((row) => `  + ${rowWords(row)}`),
    ...examples.removed.map((row) => `  - ${rowWords(row)}`),
    ...examples.changed.map(({ before, after }) => `  ~ ${changeWords(rows.key, before, after)}`),
  ];
}

function headline({ key, added, removed, changed, pieces }: RowDifference): string {
  const counts = `${counted(added, 'row')} added, ${counted(removed, 'row')} removed`;
  const how = key.length === 0 ? 'rows compared as a whole' : `${counted(changed, 'row')} changed, by ${key.join(', ')}`;
  return `${counts}, ${how}; ${pieces.read} of ${pieces.all} pieces read`;
}

function rowWords(row: Row): string {
  return Object.entries(row)
    .map(([name, value]) => `${harmless(name)}=${harmless(valueWords(value))}`)
    .join(' ');
}

/** The key, and the columns that differ. */
function changeWords(key: readonly string[], before: Row, after: Row): string {
  const names = Object.keys(after).filter((name) => name in before && JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  const keys = key.map((name) => `${harmless(name)}=${harmless(valueWords(valueOf(after, name)))}`);
  return [
    ...keys,
    ...names.map(
      (name) => `${harmless(name)}: ${harmless(valueWords(valueOf(before, name)))} → ${harmless(valueWords(valueOf(after, name)))}`,
    ),
  ].join(' ');
}

function valueOf(row: Row, name: string): Json {
  return row[name] ?? row[Object.keys(row).find((other) => other.toLowerCase() === name.toLowerCase()) ?? name] ?? null;
}

/** The same as Markdown, with columns that came and went. */
export function rowDifferenceMarkdown(dataset: string, difference: DatasetDifference): string {
  const { before, after, rows, added, removed, retyped, fileChanges, rowChanges } = difference;
  const figures: readonly (readonly Piece[])[] = [
    ...(fileChanges === null ? [] : fileFigures(fileChanges)),
    ...(rowChanges === null ? [] : [['rows', `${rows.before} → ${rows.after}`]]),
    ...(rowChanges === null ? [] : rowFigures(rowChanges)),
    ...added.map(({ name, type }) => ['column added', [code(name), ` (${type})`]]),
    ...removed.map(({ name, type }) => ['column removed', [code(name), ` (${type})`]]),
    ...retyped.map((column) => ['column of another type', [code(column.name), `: ${column.before} → ${column.after}`]]),
  ];
  return md`**data.${dataset}**: ${shortDigest(before)} → ${after === null ? 'as it is now' : shortDigest(after)}\n\n${table(['what', 'how much'], figures)}`
    .text;
}

function fileFigures(changes: ComparedFiles): readonly (readonly Piece[])[] {
  return (['added', 'removed', 'changed', 'renamed'] as const).map((kind) => [`files ${kind}`, changes[kind]]);
}

function rowFigures({ key, added, removed, changed, changedColumns, renamed }: RowDifference): readonly (readonly Piece[])[] {
  return [
    ['rows added', added],
    ['rows removed', removed],
    ...(key.length === 0 ? [] : [['rows changed', changed]]),
    ...changedColumns.map(({ name, rows: count }) => [['changed in ', code(name)], count]),
    ...renamed.map((pair) => ['column renamed', [code(pair.before), ' → ', code(pair.after)]]),
  ];
}
