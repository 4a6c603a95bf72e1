import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

export const repository = resolve(import.meta.dirname, '../..');

/** A fenced block of a page. */
export interface Block {
  /** Path of the page, relative to the repository. */
  readonly page: string;
  /** Line of its first line of text, from 1. */
  readonly line: number;
  /** What stands after the fence: `yaml`, `sh`, `text` …; empty when nothing does. */
  readonly language: string;
  readonly text: string;
}

/** The pages that users read: README.md and everything below docs. */
export function userPages(): readonly string[] {
  const below = readdirSync(join(repository, 'docs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(repository, join(entry.parentPath, entry.name)));
  return ['README.md', ...below.toSorted()];
}

/** The fenced blocks of a page, in order. */
export function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(join(repository, page), 'utf8');
  return [...text.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map((match) => ({
    page,
    line: text.slice(0, match.index).split('\n').length + 1,
    language: match[1] ?? '',
    text: match[2] ?? '',
  }));
}

/** For messages: `docs/start.md:20`. */
export function placeOf({ page, line }: Block): string {
  return `${page}:${line}`;
}
