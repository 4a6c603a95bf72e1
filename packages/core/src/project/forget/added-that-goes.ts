import { digest, type Digest } from '@tidegate/formats';
import { replacements } from '../../store/index.ts';
import type { Project } from '../project.ts';
import { rootsOf } from '../store/collect/known-projects.ts';

/** What was added to a dataset, is in no version, and is given up when rows are forgotten. */
export interface AddedThatGoes {
  readonly root: string;
  readonly tree: Digest;
  readonly files: number;
  /** The version that it was added onto; null for files of the working tree. */
  readonly onto: Digest | null;
}

/**
 * Files that were added in this working tree as they are, which nobody has looked into: they are added anew, without the rows. And what was added onto one of these versions,
 * anywhere in the project.
 *
 * @param onto versions of which only their new ones are known, and not which rows went: what was made of them has the rows as well. Of those that were looked into themselves nothing is named here
 */
export function addedThatGoes(project: Project, dataset: string, onto: ReadonlySet<Digest>): readonly AddedThatGoes[] {
  const { state, root, name } = project;
  const { newest } = replacements(state, name);
  const added = rootsOf(state, { name, root }).flatMap((place) =>
    state.prepare('SELECT root, tree, files, onto FROM data_added WHERE root = ? AND dataset = ?').all(place, dataset),
  );
  return added
    .map((row) => ({
      root: String(row['root']),
      tree: digest(String(row['tree'])),
      files: Number(row['files']),
      onto: row['onto'] === null ? null : newest(digest(String(row['onto']))),
    }))
    .filter((one) => (one.onto === null ? one.root === root : onto.has(one.onto)));
}
