import type { StepName } from '@tidegate/formats';
import { canOverlap } from '../../config/index.ts';
import type { StepNode } from '../../pipeline/index.ts';
import { capture } from '../../platform/index.ts';

/** A file of the project that two commits have differently. */
export interface ChangedFile {
  /** Relative to the project. */
  readonly path: string;
  /** Lines; null for a file that is not text. */
  readonly added: number | null;
  readonly removed: number | null;
  /** Steps that read it, or whose features it defines. */
  readonly steps: readonly StepName[];
}

/** The steps of a project, and the folder of its feature definitions. */
export interface Readers {
  readonly nodes: readonly StepNode[];
  readonly definitions: string | null;
}

/** What differs between two commits in the folder of the project, as `git diff --numstat` counts it; a renamed file is one gone and one new. */
export async function changedFiles(
  root: string,
  commits: { readonly base: string; readonly head: string },
  readers: Readers,
): Promise<readonly ChangedFile[]> {
  const argv = ['git', 'diff', '--numstat', '-z', '--no-renames', '--no-ext-diff', '--relative', commits.base, commits.head, '--', '.'];
  const { stdout } = await capture(argv, { cwd: root });
  return stdout.split('\0').flatMap((line) => {
    const [, added = '', removed = '', path] = /^(\d+|-)\t(\d+|-)\t(.+)$/s.exec(line) ?? [];
    return path === undefined ? [] : [{ path, added: linesOf(added), removed: linesOf(removed), steps: readersOf(path, readers) }];
  });
}

function linesOf(text: string): number | null {
  return text === '-' ? null : Number(text);
}

function readersOf(path: string, { nodes, definitions }: Readers): readonly StepName[] {
  const definesFeatures = definitions !== null && path.startsWith(`${definitions.replace(/\/+$/, '')}/`) && /\.ya?ml$/.test(path);
  return nodes
    .filter(
      ({ kind, inputs }) =>
        (definesFeatures && kind === 'features') ||
        inputs.some((input) => input.from === 'project' && canOverlap(escaped(path), input.pattern)),
    )
    .map(({ name }) => name);
}

/** The path as a text without signs of patterns: each stands for any one character, which is near enough to say who reads a file. */
function escaped(path: string): string {
  return path.replaceAll(/[*[\]{}]/g, '?');
}
