import type { ContractUpdate } from '@tidegate/core';
import { type Json, unreachable } from '@tidegate/formats';
import { harmless, type Terminal } from './terminal.ts';

type Change = ContractUpdate['changes'][number];

/** What a data contract says otherwise than the rows there are, a statement a line. */
export function contractUpdateLines(
  { dataset, file, rows, changes, kept }: ContractUpdate,
  terminal: Pick<Terminal, 'style'>,
): readonly string[] {
  const head =
    changes.length === 0
      ? `data.${dataset}: nothing of what was inferred in ${file} is to change (${rows} rows).`
      : `data.${dataset}: ${changes.length} ${changes.length === 1 ? 'statement' : 'statements'} of ${file} would change (${rows} rows):`;
  return [
    head,
    ...changes.map((change) => `  ${sign(change.kind, terminal)} ${statement(change)} (${harmless(change.evidence)})`),
    ...(kept.length === 0 ? [] : ['Not changed, because a person wrote it; the rows do not keep it:']),
    ...kept.map(({ promise, evidence }) => `  ${terminal.style('yellow', '!')} ${harmless(promise)} (${evidence})`),
  ];
}

function sign(kind: Change['kind'], terminal: Pick<Terminal, 'style'>): string {
  switch (kind) {
    case 'added':
      return terminal.style('green', '+');
    case 'removed':
      return terminal.style('red', '-');
    case 'tightened':
    case 'loosened':
    case 'changed':
      return terminal.style('yellow', '~');
    default:
      return unreachable(kind);
  }
}

function statement({ column, what, kind, from, to }: Change): string {
  const of = column === null ? '' : ` of ${harmless(column)}`;
  switch (kind) {
    case 'added':
      return what === 'column' ? `column ${harmless(column ?? '')}: ${shown(to)}` : `${what}${of}: ${shown(to)}`;
    case 'removed':
      return `${what}${of}: ${shown(from)}`;
    case 'tightened':
    case 'loosened':
    case 'changed':
      return `${what}${of}: ${shown(from)} -> ${shown(to)}, ${kind}`;
    default:
      return unreachable(kind);
  }
}

function shown(value: Json): string {
  if (typeof value === 'number') return value.toLocaleString('en-US', { maximumFractionDigits: 10 });
  if (typeof value === 'string') return harmless(value);
  const text = JSON.stringify(value);
  return harmless(text.length > 120 ? `${text.slice(0, 117)}...` : text);
}
