import type { ColumnDifference, ComparedFile, ComparedFiles, DatasetDifference } from '@tidegate/core';
import { shortDigest } from '@tidegate/formats';
import { bytes, measured, whole } from './figures.ts';
import { rowDifferenceLines } from './row-difference-view.ts';
import { shownName } from './shown-name.ts';
import { harmless, type Terminal } from './terminal.ts';
import { counted } from './words.ts';

/** As many files and columns are listed; the rest is counted. */
const mostListed = 20;

/** How two versions of a dataset differ, for a person. */
export function datasetDifferenceLines(
  dataset: string,
  difference: DatasetDifference,
  terminal: Pick<Terminal, 'style'>,
): readonly string[] {
  const { before, after, fileChanges, rowChanges, notHere } = difference;
  const sections = [
    ...(fileChanges === null ? [] : fileLines(fileChanges, terminal)),
    ...(rowChanges === null ? [] : rowDifferenceLines(rowChanges)),
    ...schemaLines(difference, terminal),
    ...columnLines(difference.columns),
    ...checkLines(difference),
  ];
  const title = `${terminal.style('bold', `data.${dataset}`)}: ${shortDigest(before)} → ${after === null ? 'as it is now' : shortDigest(after)}`;
  const elsewhere =
    notHere === 0 ? [] : [`${counted(notHere, 'file')} never pulled here, and taken for unchanged: tidegate data pull ${dataset}`];
  return isSame(difference) ? [`${title}: nothing changed.`, ...elsewhere] : [title, ...elsewhere, ...sections];
}

/** Whether there is nothing to tell. */
function isSame({ fileChanges, rowChanges, added, removed, retyped, columns, checks, sameContract }: DatasetDifference): boolean {
  const files = fileChanges?.files.length ?? 0;
  const rows = rowChanges === null ? 0 : rowChanges.added + rowChanges.removed + rowChanges.changed;
  return sameContract && files + rows + added.length + removed.length + retyped.length + columns.length + checks.length === 0;
}

function fileLines({ added, removed, changed, renamed, files }: ComparedFiles, terminal: Pick<Terminal, 'style'>): readonly string[] {
  if (files.length === 0) return [];
  return [
    `${counted(added, 'file')} added, ${removed} removed, ${changed} changed, ${renamed} renamed.`,
    ...files.slice(0, mostListed).map((file) => `  ${fileWords(file, terminal)}`),
    ...more(files.length),
  ];
}

function fileWords(file: ComparedFile, { style }: Pick<Terminal, 'style'>): string {
  const name = shownName(file.path);
  switch (file.change) {
    case 'added':
      return `${style('green', `+ ${name}`)} ${bytes(file.bytes)}`;
    case 'removed':
      return `${style('red', `- ${name}`)} ${bytes(file.bytes)}`;
    case 'renamed':
      return `${style('cyan', `> ${shownName(file.from)} → ${name}`)} ${bytes(file.bytes)}`;
    case 'changed':
      return `${style('yellow', `~ ${name}`)} ${file.isEdited ? `${bytes(file.before)} → ${bytes(file.after)}` : 'same bytes, other mode or link'}`;
  }
}

function more(all: number): readonly string[] {
  return all > mostListed ? [`  … and ${all - mostListed} more: --json lists them all`] : [];
}

function schemaLines({ added, removed, retyped }: DatasetDifference, { style }: Pick<Terminal, 'style'>): readonly string[] {
  return [
    ...added.map(({ name, type }) => style('green', `+ column ${harmless(name)} (${type})`)),
    ...removed.map(({ name, type }) => style('red', `- column ${harmless(name)} (${type})`)),
    ...retyped.map(({ name, before, after }) => style('yellow', `~ column ${harmless(name)}: ${before} → ${after}`)),
  ];
}

/** The columns whose values differ, those that moved most before the others. */
function columnLines(columns: readonly ColumnDifference[]): readonly string[] {
  if (columns.length === 0) return [];
  const sorted = columns.toSorted((one, other) => (other.distance ?? 0) - (one.distance ?? 0));
  return [
    'Values of columns (moved: 0 = as before, 1 = no value in common):',
    ...sorted.slice(0, mostListed).map((column) => `  ${columnWords(column)}`),
    ...more(columns.length),
  ];
}

function columnWords({ name, distance, nullShare, distinct, mean, shift, std, min, max, newValues }: ColumnDifference): string {
  const figures = [
    distance === null ? '' : `moved ${measured(distance)}`,
    figure('nulls', nullShare, (share) => `${measured(share * 100)} %`),
    `${figure('mean', mean, numberWords)}${mean.before === mean.after || shift === null ? '' : ` (${shift > 0 ? '+' : ''}${measured(shift)} std)`}`,
    figure('std', std, numberWords),
    figure('min', min, numberWords),
    figure('max', max, numberWords),
    figure('distinct', distinct, whole),
    newValues.length === 0 ? '' : `new: ${newValues.slice(0, 5).map(harmless).join(', ')}${newValues.length > 5 ? ', …' : ''}`,
  ];
  return `${harmless(name)}: ${figures.filter((text) => text !== '').join('; ')}`;
}

function numberWords(value: number): string {
  return Number.isSafeInteger(value) ? whole(value) : measured(value);
}

function figure<T extends number | string>(
  name: string,
  { before, after }: { readonly before: T | null; readonly after: T | null },
  words: (value: number) => string,
): string {
  const shown = (value: T | null): string => (value === null ? 'none' : typeof value === 'number' ? words(value) : harmless(value));
  return before === after ? '' : `${name} ${shown(before)} → ${shown(after)}`;
}

function checkLines({ checks, sameContract }: DatasetDifference): readonly string[] {
  return [
    ...(sameContract ? [] : ['The data contract is another one.']),
    ...checks.map(({ name, before, after }) => `check ${harmless(name)}: ${before ?? 'not there'} → ${after ?? 'not there'}`),
  ];
}
