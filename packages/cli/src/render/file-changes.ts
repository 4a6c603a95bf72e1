import type { DatasetChange } from '@tidegate/core';
import { shownName } from './shown-name.ts';
import type { Terminal } from './terminal.ts';

const marks = { added: ['+', 'green'], changed: ['~', 'yellow'], removed: ['-', 'red'] } as const;

/** As many are listed; the rest is counted. */
const mostListed = 20;

/** Files with what became of each; of many only the first. */
export function fileChangeLines(changes: readonly DatasetChange[], { style }: Pick<Terminal, 'style'>): readonly string[] {
  const lines = changes.slice(0, mostListed).map(({ path, change }) => {
    const [mark, colour] = marks[change];
    return `  ${style(colour, `${mark} ${shownName(path)}`)}`;
  });
  return changes.length <= mostListed ? lines : [...lines, `  … and ${changes.length - mostListed} more: --json lists them all`];
}
