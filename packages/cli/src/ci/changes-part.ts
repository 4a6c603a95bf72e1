import type { ChangedDataset, JudgedChange } from '@tidegate/core';
import { measured, whole } from '../render/figures.ts';
import { counted, shortName } from '../render/words.ts';
import type { Digest } from '@tidegate/formats';
import { code, folded, Markdown, md, type Piece, table } from './markdown.ts';

/** Datasets with another version than at the base. */
export function dataPart({ datasets }: JudgedChange): Markdown | null {
  const rows = datasets.map((one) => [
    code(one.dataset),
    `${shortName(one.before)} → ${shortName(one.after)}`,
    rowsOf(one),
    columnsOf(one),
    checksOf(one),
  ]);
  const shown = table(['Dataset', 'Version', 'Rows', 'Columns', 'Checks'], rows);
  if (shown === null) return null;
  const details = datasets.flatMap((one) => listed(columnFigures(one)));
  return joined([new Markdown('### Data'), shown, ...details]);
}

function rowsOf({ version, difference }: ChangedDataset): string {
  if (difference === null) return version === null ? '' : whole(version.rows);
  const { before, after } = difference.rows;
  return `${whole(before)} → ${whole(after)}${after === before ? '' : ` (${after > before ? '+' : '−'}${whole(Math.abs(after - before))})`}`;
}

function columnsOf({ version, difference }: ChangedDataset): Piece {
  if (difference === null) return version === null ? 'gone, or not read' : counted(version.columns.length, 'column');
  const { added, removed, retyped } = difference;
  const words = [
    ...added.map(({ name }) => md`new ${code(name)}`),
    ...removed.map(({ name }) => md`without ${code(name)}`),
    ...retyped.map(({ name, before, after }) => md`${code(name)} from ${before} to ${after}`),
  ];
  return words.length === 0 ? 'the same' : words.slice(0, 20).flatMap((word, index) => (index === 0 ? [word] : [', ', word]));
}

function checksOf({ version, difference }: ChangedDataset): Piece {
  if (version === null) return '';
  const broken = version.checks.filter(({ verdict }) => verdict !== 'pass').length;
  const state =
    version.checks.length === 0
      ? 'none'
      : broken === 0
        ? `all ${version.checks.length} pass`
        : `${broken} of ${version.checks.length} do not pass`;
  const turned = (difference?.checks ?? [])
    .slice(0, 10)
    .map(({ name, before, after }) => md`, ${code(name)} ${before ?? 'new'} → ${after ?? 'gone'}`);
  return [state, ...turned];
}

/** The columns whose figures differ. */
function columnFigures({ dataset, difference }: ChangedDataset): Markdown | null {
  const rows = (difference?.columns ?? []).map(({ name, nullShare, distinct, mean, shift, newValues }) => [
    code(name),
    change(nullShare, (share) => `${measured(100 * share)} %`),
    change(distinct, whole),
    mean.before === null || mean.after === null
      ? ''
      : `${measured(mean.before)} → ${measured(mean.after)}${shift === null ? '' : ` (${measured(shift)} sd)`}`,
    newValues.slice(0, 5).flatMap((value, index) => (index === 0 ? [code(value)] : [', ', code(value)])),
  ]);
  const inside = table(['Column', 'Nulls', 'Distinct', 'Mean', 'New values'], rows, 40);
  return inside && folded(md`${rows.length} columns of ${code(dataset)} have other figures`, inside);
}

function change(figures: { readonly before: number; readonly after: number }, words: (value: number) => string): string {
  return figures.before === figures.after ? words(figures.after) : `${words(figures.before)} → ${words(figures.after)}`;
}

/** Feature views and services that mean something else than at the base. */
export function featuresPart({ views, services }: JudgedChange): Markdown | null {
  const rows = [
    ...services.map(({ service, before, after, joins }) => [
      md`service ${code(service)}`,
      wordsOfService({ before, after, joins }),
      versions(before, after),
    ]),
    ...views.map(({ view, before, after, differs }) => [
      md`view ${code(view)}`,
      before === null ? 'new' : after === null ? 'removed' : `changed: ${differs.join(', ')}`,
      versions(before, after),
    ]),
  ];
  const shown = table(['', 'Change', 'Version'], rows);
  return shown && joined([new Markdown('### Features'), shown]);
}

function versions(before: Digest | null, after: Digest | null): string {
  return `${shortName(before)} → ${shortName(after)}`;
}

function wordsOfService({ before, after, joins }: Pick<JudgedChange['services'][number], 'before' | 'after' | 'joins'>): Piece {
  if (before === null) return 'new';
  if (after === null) return 'removed';
  const words = [...joins.added.map((view) => md`joins ${code(view)}`), ...joins.removed.map((view) => md`no longer joins ${code(view)}`)];
  return words.length === 0
    ? 'changed: its rows, or a view that it joins'
    : words.flatMap((word, index) => (index === 0 ? [word] : [', ', word]));
}

/** Files that differ, with the steps that read them. */
export function codePart({ files, base }: JudgedChange): Markdown | null {
  if (base === null) return null;
  const [added, removed] = [sum(files.map((file) => file.added)), sum(files.map((file) => file.removed))];
  const rows = files.map((file) => [
    code(file.path),
    file.added === null ? 'not text' : `+${whole(file.added)} −${whole(file.removed ?? 0)}`,
    readBy(file),
  ]);
  const inside = table(['File', 'Lines', 'Read by'], rows, 60);
  return inside && folded(`Code: ${counted(files.length, 'file')} changed, +${whole(added)} −${whole(removed)} lines`, inside);
}

function readBy({ path, steps }: JudgedChange['files'][number]): Piece {
  if (path === 'tidegate.yaml') return 'the project';
  return steps.length === 0 ? 'no step' : steps.slice(0, 8).flatMap((step, index) => (index === 0 ? [code(step)] : [', ', code(step)]));
}

function sum(counts: readonly (number | null)[]): number {
  return counts.reduce<number>((total, count) => total + (count ?? 0), 0);
}

function joined(parts: readonly Markdown[]): Markdown {
  return new Markdown(parts.map(({ text }) => text).join('\n\n'));
}

function listed<T>(value: T | null): readonly T[] {
  return value === null ? [] : [value];
}
