import { join } from 'node:path';
import { failure, type RunRecord, TidegateError } from '@tidegate/formats';
import { capture, rm } from '../../platform/index.ts';
import { uncommittedOf } from '../changes/keep-uncommitted.ts';
import { placeInRepository } from '../ci/repository-root.ts';
import type { Project } from '../project.ts';

/** The project as a run has seen it, without its data. */
export interface RebuiltTree {
  readonly root: string;
  readonly commit: string;
}

/**
 * Makes the tree of a run in a folder that is not there yet: a clone that borrows the objects of the user's repository, at the commit of the run,
 * and what of it was not committed. Nothing of the repository is changed: no branch, no worktree, no lock.
 *
 * @throws TG-PIPELINE-REPLAY when that cannot be had any more
 */
export async function rebuildTree(project: Project, run: RunRecord, folder: string): Promise<RebuiltTree> {
  const { commit } = run;
  const place = commit === null ? null : await placeInRepository(project.root);
  if (commit === null || place === null)
    throw cannot(run, 'it was made in no commit of a Git repository', 'Commit the project, and run it again');
  const uncommitted = run.dirty ? uncommittedOf(project.state, run.id) : null;
  if (run.dirty && uncommitted === null) throw notKept(run);
  if (uncommitted?.whole === false)
    throw cannot(
      run,
      'not all of its uncommitted changes were kept: they were too large, or changed while it ran',
      'Commit them, and run again',
    );
  await git(run, ['clone', '--quiet', '--shared', '--no-checkout', '--', place.top, folder], project.root);
  await git(run, ['-c', 'core.hooksPath=/dev/null', 'checkout', '--quiet', '--detach', commit], folder);
  const root = join(folder, place.below);
  if (uncommitted !== null) await layOver(project, run, { root, uncommitted });
  return { root, commit };
}

async function layOver(
  { store }: Project,
  run: RunRecord,
  { root, uncommitted }: { readonly root: string; readonly uncommitted: NonNullable<ReturnType<typeof uncommittedOf>> },
): Promise<void> {
  try {
    const { entries } = await store.readTree(uncommitted.tree);
    for (const path of [...uncommitted.removed, ...entries.map((entry) => entry.path)]) await rm(join(root, path), { force: true });
    await store.checkOutTree(uncommitted.tree, root);
  } catch (error) {
    if (!(error instanceof TidegateError)) throw error;
    throw cannot(run, 'its uncommitted changes are no longer in the store', 'Commit what is to be replayed, and run it again', error);
  }
}

/** A run of uncommitted changes in which nothing ran keeps none: those that made its results have. */
function notKept({ id, steps }: RunRecord): TidegateError {
  const isHit = steps.length > 0 && steps.every(({ status }) => status === 'hit');
  const maker = steps.find(({ madeBy }) => madeBy !== null && madeBy !== id)?.madeBy;
  const found = isHit ? 'it was one of uncommitted changes in which nothing ran' : 'it was one of uncommitted changes, which were not kept';
  return cannot({ id }, found, isHit && maker ? `Replay the run that made its results: tidegate replay ${maker}` : 'Commit, and run again');
}

async function git(run: RunRecord, words: readonly string[], cwd: string): Promise<void> {
  const { code, stderr } = await capture(['git', ...words], { cwd });
  const [line = ''] = stderr.trim().split('\n').slice(-1);
  if (code !== 0) throw cannot(run, `Git cannot give its commit: ${line}`, `Fetch the commit: git fetch origin ${run.commit ?? ''}`);
}

/** @param found what is in the way, without a capital */
export function cannot({ id }: Pick<RunRecord, 'id'>, found: string, hint: string, cause?: unknown): TidegateError {
  return failure('TG-PIPELINE-REPLAY', `Cannot replay run ${id}: ${found}`, hint, cause);
}
