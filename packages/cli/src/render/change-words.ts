import type { ContentChange, InputChange } from '@tidegate/core';
import { type MissReason, unreachable } from '@tidegate/formats';
import { bytes, measured, whole } from './figures.ts';
import { harmless, type Terminal } from './terminal.ts';
import { counted, reasonWords, valueWords } from './words.ts';

/** Why a step runs, with what changed in its inputs where that is known: `params.yaml: train.depth 3 → 5`. */
export function reasonsInDetail(reasons: readonly MissReason[], changes: readonly InputChange[]): string {
  const known = new Map(changes.map(({ input, change }) => [input, change]));
  const words = reasons.map((reason) => {
    const change = reason.kind === 'input-changed' ? known.get(reason.input) : undefined;
    return change === undefined || reason.kind !== 'input-changed'
      ? reasonWords(reason)
      : `${harmless(reason.input)}: ${changeWords(change)}`;
  });
  return listed(words, { most: 5, between: '; ' });
}

/** What of a content changed, without a capital. */
export function changeWords(change: ContentChange): string {
  switch (change.kind) {
    case 'packages':
      return withMore(change.changes.map(packageWords), change.more);
    case 'parameters':
      return withMore(
        change.changes.map(({ name, before, after }) => `${harmless(name)} ${valueWords(before)} → ${valueWords(after)}`),
        change.more,
      );
    case 'table':
      return tableWords(change);
    case 'lines':
      return `${lineCount(change)}, first at line ${change.first.line}`;
    case 'bytes':
      return `${bytes(change.before)} → ${bytes(change.after)}`;
    default:
      return unreachable(change);
  }
}

function packageWords({ name, before, after }: Extract<ContentChange, { kind: 'packages' }>['changes'][number]): string {
  if (before === null) return `${harmless(name)} ${harmless(after ?? '')} is new`;
  return after === null ? `${harmless(name)} is gone` : `${harmless(name)} ${harmless(before)} → ${harmless(after)}`;
}

function tableWords({ rows, added, removed, columns }: Extract<ContentChange, { kind: 'table' }>): string {
  const parts = [
    ...(rows.before === rows.after ? [] : [`rows ${whole(rows.before)} → ${whole(rows.after)}`]),
    ...added.map((name) => `column ${harmless(name)} is new`),
    ...removed.map((name) => `column ${harmless(name)} is gone`),
    ...columns.map(({ name, figure, before, after }) => `${harmless(name)}: ${figure} ${figureWords(before)} → ${figureWords(after)}`),
  ];
  return parts.length === 0 ? 'other values in the same columns and rows' : listed(parts, { most: 6, between: ', ' });
}

function figureWords(value: string | number | null): string {
  if (value === null) return 'none';
  return typeof value === 'number' ? measured(value) : harmless(value);
}

function lineCount({ added, removed }: Extract<ContentChange, { kind: 'lines' }>): string {
  return [
    ...(added === 0 ? [] : [`${counted(added, 'line')} added`]),
    ...(removed === 0 ? [] : [`${counted(removed, 'line')} removed`]),
  ].join(', ');
}

function withMore(words: readonly string[], more: number): string {
  const most = 8;
  return listed(words, { most, between: ', ', more });
}

function listed(
  words: readonly string[],
  { most, between, more = 0 }: { readonly most: number; readonly between: string; readonly more?: number },
): string {
  const left = words.length - most + more;
  return words.length <= most && more === 0
    ? words.join(between)
    : `${words.slice(0, most).join(between)} and ${Math.max(left, more)} more`;
}

/** The first lines that changed in each text among the inputs, as a diff shows them. */
export function hunkLines(changes: readonly InputChange[], { style }: Pick<Terminal, 'style'>): readonly string[] {
  const mostHunks = 3;
  return changes
    .flatMap(({ input, change }) => (change.kind === 'lines' ? [{ input, first: change.first }] : []))
    .slice(0, mostHunks)
    .flatMap(({ input, first }) => [
      style('dim', `    ${harmless(input)}:${first.line}`),
      ...first.removed.map((line) => style('red', `      - ${harmless(line)}`)),
      ...first.added.map((line) => style('green', `      + ${harmless(line)}`)),
    ]);
}
