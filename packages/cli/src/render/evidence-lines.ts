import type { Evidence, Json } from '@tidegate/formats';
import { harmless, type Terminal } from './terminal.ts';
import { verdictMark, verdictStyle } from './words.ts';

type Styled = Pick<Terminal, 'style'>;

const told: ReadonlySet<string> = new Set(['comparison', 'leakage', 'limit']);

/** What does not pass is always told, with rows that break it; what passes only where the numbers are the news. */
export function evidenceLines(evidence: readonly Evidence[], terminal: Styled): readonly string[] {
  return evidence
    .filter((item) => item.verdict !== 'pass' || told.has(item.kind))
    .flatMap((item) => [`      ${sentence(item, terminal)}`, ...exampleLines(item, terminal).map((line) => `        ${line}`)]);
}

function sentence({ verdict, blocking, reason }: Evidence, { style }: Styled): string {
  const warning = verdict !== 'pass' && !blocking ? ' (warning)' : '';
  return `${style(verdictStyle[verdict], `${verdictMark[verdict]} ${verdict}`)}${warning}: ${harmless(reason)}`;
}

const shownRows = 3;

/** Rows that break what a check promises, as many as tell what is wrong; none for what passes. */
export function exampleLines({ kind, verdict, details }: Evidence, { style }: Styled): readonly string[] {
  if (kind !== 'check' || verdict === 'pass') return [];
  const rows = isObject(details) && Array.isArray(details['examples']) ? details['examples'].filter(isObject) : [];
  return exampleRowLines(rows, { style });
}

/** The first of some rows, a line each; of rows that look alike, as without a key, one. */
export function exampleRowLines(rows: readonly { readonly [column: string]: Json }[], { style }: Styled): readonly string[] {
  return [...new Set(rows.map(rowWords))].slice(0, shownRows).map((words) => style('dim', `for instance ${words}`));
}

function rowWords(row: { readonly [column: string]: Json }): string {
  return Object.entries(row)
    .map(([column, value]) => `${column === 'tidegate_file' ? 'in' : column} ${cellWords(value)}`)
    .join(', ');
}

function cellWords(value: Json): string {
  const text = harmless(typeof value === 'string' ? value : JSON.stringify(value));
  return text === '' ? '""' : text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
