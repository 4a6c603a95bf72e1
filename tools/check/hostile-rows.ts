import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The rows of the list of hostile inputs that the engine, the store and the command line answer for, each with what it is. */
export const hostileRows: { readonly [row: number]: string } = {
  1: 'a run that is trusted less stores altered output under the key that main will ask for',
  2: 'an object with a flipped byte, cut short or empty, here and in the remote',
  3: 'a result that names an object which is gone',
  4: 'an input that is edited while the step runs',
  5: 'a variable that nobody declared; a declared one that goes away again',
  6: 'a step that ends well without a declared output, or beside half of an old one',
  7: 'the same key with other bytes',
  8: 'a bundle with paths that lead out of it, links, names twice, negative sizes',
  9: 'a bundle that unpacks without end',
  10: 'file names with newlines, leading dashes, dollars, 255 bytes, bytes that are no UTF-8, twins in other case',
  11: 'a command killed at any system call, and at any moment',
  12: 'the process of a step killed alone; a step that leaves a child behind',
  16: 'a full disk: store, state, logs, workspaces',
  17: 'an error of the disk, once',
  18: 'a state, database, lock or journal of no bytes, of random bytes, cut off',
  19: 'a lock whose owner is dead, is another process by now, is on another boot; clocks that are wrong',
  20: 'a clock that jumps; times in the future; the same size and time with other content',
  21: 'two runs at once; a run beside a push, a garbage collection and a check-out',
  22: 'Ctrl-C once and twice, SIGTERM, a closed terminal',
  23: 'a chain and a fan of 100,000 steps, a cycle, two steps with one output',
  24: 'a configuration file that is made to hurt: anchors, 50 MB, names twice, prototypes, tags, patterns',
  28: 'a step that reaches for keys, folders of other runs, engines, ports, or the bytes of its inputs',
  29: 'a fork bomb, 30 GB of memory, a log without end, terminal sequences, a step that never ends',
  34: 'names and ids with `..`, `%2e`, `%2F`, `;`, NUL, `@file`, wherever one is taken',
  37: 'secrets: of several lines, JSON, short, encoded, split, in arguments, errors, outputs and keys',
  39: 'a model file that runs something when it is loaded, reads other files, or hides behind a broken archive, another extension or a second pickle',
  40: 'a signed model with a file changed, added, removed, renamed or linked; another key, another authority, an expired certificate, no signature',
};

const numbered = /\bhostile (\d+)\b/g;

/** By row the test files that have a test with its number (`hostile 11: …`), sorted. */
export function testsByRow(root: string): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, Set<string>>();
  for (const file of testFiles(root))
    for (const [, row] of readFileSync(join(root, file), 'utf8').matchAll(numbered)) {
      const number = Number(row);
      found.set(number, (found.get(number) ?? new Set()).add(file));
    }
  return new Map([...found].map(([row, files]) => [row, [...files].sort()]));
}

/** Every file with tests, relative to the root; conformance suites included. */
export function testFiles(root: string): readonly string[] {
  return ['packages', 'e2e', 'tools', 'examples', 'bench'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter(
        (entry) =>
          entry.isFile() && /\.(test|conformance)\.ts$/.test(entry.name) && !/node_modules|\/(dist|build)(\/|$)/.test(entry.parentPath),
      )
      .map((entry) => relative(root, join(entry.parentPath, entry.name)))
      .sort(),
  );
}
