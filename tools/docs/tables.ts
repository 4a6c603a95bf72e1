import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './blocks.ts';

/** The rows of the table of a page whose head begins with this cell, without head and rule. @throws Error when there is none */
export function tableOf(page: string, firstHead: string): readonly (readonly string[])[] {
  const lines = readFileSync(join(repository, page), 'utf8').split('\n');
  const head = lines.findIndex((line) => cellsOf(line)[0] === firstHead);
  if (head < 0) throw new Error(`"${page}" has no table that begins with "${firstHead}"`);
  const rows = lines.slice(head + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end < 0 ? rows.length : end).map(cellsOf);
}

/** The code spans of a cell. */
export function spansOf(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}

function cellsOf(line: string): readonly string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
}
