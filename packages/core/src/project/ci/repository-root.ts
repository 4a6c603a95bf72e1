import { relative } from 'node:path';
import { capture, realpath } from '../../platform/index.ts';

/** Where a project lies in its Git repository. */
export interface RepositoryPlace {
  /** Top folder of the repository, absolute. */
  readonly top: string;
  /** The project's folder below it with `/`; empty when it is the top itself. */
  readonly below: string;
  /** The branch that others leave from, as the clone knows it; null when it does not. */
  readonly defaultBranch: string | null;
}

/** @returns null outside of a Git repository */
export async function placeInRepository(root: string): Promise<RepositoryPlace | null> {
  const top = await capture(['git', 'rev-parse', '--show-toplevel'], { cwd: root });
  if (top.code !== 0) return null;
  const head = await capture(['git', 'symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD'], { cwd: root });
  const folder = top.stdout.trimEnd();
  const below = relative(await realpath(folder), await realpath(root)).replaceAll('\\', '/');
  return { top: folder, below, defaultBranch: head.code === 0 ? head.stdout.trim().replace(/^origin\//, '') : null };
}
