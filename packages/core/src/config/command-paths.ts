import { normalize } from 'node:path';

/** A relative path that a word of a command may be. */
export interface CommandPath {
  /** Index of the word. */
  readonly word: number;
  readonly path: string;
}

/** Paths among the words of a command, absolute ones and those outside the project left out: `train.py`, `--config=params.yaml`. */
export function commandPaths(run: readonly string[]): readonly CommandPath[] {
  return run.flatMap((word, index) => {
    const path = pathIn(word, index === 0);
    return path === null ? [] : [{ word: index, path }];
  });
}

/** The first word is a program, which is one of the project only with a slash. */
function pathIn(word: string, isProgram: boolean): string | null {
  const value = word.startsWith('-') ? word.slice(word.indexOf('=') + 1 || word.length) : word;
  const path = normalize((value.split('::')[0] ?? '').replace(/\/+$/, '')); // pytest's tests/a.py::test_b
  if (value === '' || path === '.' || path.startsWith('/') || path.startsWith('..')) return null;
  return isProgram && !value.includes('/') ? null : path;
}
