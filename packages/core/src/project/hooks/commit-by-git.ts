import { git } from './hooks-place.ts';

/** Whether Git itself has changed files for the newest commit: it picked or reverted one, or ended a merge. Its log of references says so. */
export async function isCommitByGit(root: string): Promise<boolean> {
  const line = await git(root, ['reflog', '-1', '--format=%gs']);
  return line !== null && /^(?:cherry-pick|revert|commit \((?:cherry-pick|merge|revert)\))/.test(line);
}
