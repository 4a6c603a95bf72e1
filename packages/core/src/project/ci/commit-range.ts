import { failure } from '@tidegate/formats';
import { capture } from '../../platform/index.ts';

/** The commits that a change lies between. */
export interface CommitRange {
  /** The last commit that both sides have; null when there is nothing before the head. */
  readonly base: Commit | null;
  readonly head: Commit;
}

export interface Commit {
  readonly id: string;
  readonly subject: string;
}

export interface RangeRequest {
  /** Revision as Git knows it; null: what the CI says, else the default branch. */
  readonly base: string | null;
  /** Null: what is checked out. */
  readonly head: string | null;
  /** What the CI says to compare with, the best first. */
  readonly suggested: readonly string[];
}

/**
 * The commits to judge. The head must be what is checked out, with no file of it changed: steps read the working tree. The base is the last
 * commit that the head has in common with the other side; on that side itself, the commit before.
 *
 * @throws TG-CI-NO-COMMIT, TG-CI-NO-BASE, TG-CI-NOT-AT-HEAD
 */
export async function commitRange(root: string, { base, head, suggested }: RangeRequest): Promise<CommitRange> {
  const git = gitIn(root);
  const here = await git.commit('HEAD');
  if (here === null) throw await withoutHead(root);
  const wanted = head === null ? here : await git.commit(head);
  if (wanted === null) throw noCommit(head ?? 'HEAD', fetchIt);
  await refuseOtherTree(root, here, wanted);
  const other = await otherSide(git, { base, suggested });
  const fork = other === null ? null : await forkPoint(root, other, wanted);
  const id = fork === null || fork === wanted ? await git.commit(`${wanted}^1`) : fork;
  const commitOf = async (commit: string): Promise<Commit> => ({ id: commit, subject: await git.subject(commit) });
  return { base: id === null ? null : await commitOf(id), head: await commitOf(wanted) };
}

const fetchIt = 'Fetch it first: git fetch origin REF; in a CI with the whole history ("fetch-depth: 0", "GIT_DEPTH: 0")';

interface Git {
  /** The commit that a revision names; null when it names none. */
  readonly commit: (revision: string) => Promise<string | null>;
  readonly subject: (commit: string) => Promise<string>;
}

function gitIn(root: string): Git {
  return {
    commit: async (revision) => {
      const argv = ['git', 'rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
      const { code, stdout } = await capture(argv, { cwd: root });
      return code === 0 ? stdout.trim() : null;
    },
    subject: async (commit) => (await capture(['git', 'log', '-1', '--format=%s', commit], { cwd: root })).stdout.trim(),
  };
}

async function refuseOtherTree(root: string, here: string, wanted: string): Promise<void> {
  if (here !== wanted)
    throw failure(
      'TG-CI-NOT-AT-HEAD',
      `Cannot judge the commit ${wanted.slice(0, 12)}: ${here.slice(0, 12)} is checked out`,
      `Check it out first: git switch --detach ${wanted.slice(0, 12)}`,
    );
  const argv = ['git', 'status', '--porcelain', '-z', '--untracked-files=no', '--', '.', ':(exclude)tidegate.lock'];
  const { stdout } = await capture(argv, { cwd: root });
  const [first] = stdout.split('\0');
  if (first !== undefined && first !== '')
    throw failure(
      'TG-CI-NOT-AT-HEAD',
      `Cannot judge the commit ${wanted.slice(0, 12)}: "${first.slice(3)}" has changes that it does not have`,
      'Commit the changes, or put them aside with "git stash"',
    );
}

/**
 * What the change is compared with: what was asked for, what the CI says, the default branch; null when there is none of these. What the CI says
 * must be there: without it the report would show no change at all.
 */
async function otherSide(git: Git, { base, suggested }: Pick<RangeRequest, 'base' | 'suggested'>): Promise<string | null> {
  if (base !== null) {
    const found = (await git.commit(base)) ?? (await git.commit(`refs/remotes/origin/${base}`));
    if (found === null) throw noCommit(base, fetchIt);
    return found;
  }
  const proposed = await firstOf(git, suggested);
  if (proposed === null && suggested.length > 0) throw noCommit(suggested[0] ?? '', fetchIt);
  return proposed ?? firstOf(git, defaultBranches);
}

const defaultBranches = ['refs/remotes/origin/HEAD', 'refs/remotes/origin/main', 'refs/remotes/origin/master', 'main', 'master'];

async function firstOf(git: Git, revisions: readonly string[]): Promise<string | null> {
  for (const revision of revisions) {
    const found = await git.commit(revision);
    if (found !== null) return found;
  }
  return null;
}

async function forkPoint(root: string, one: string, other: string): Promise<string> {
  const { code, stdout } = await capture(['git', 'merge-base', one, other], { cwd: root });
  if (code === 0) return stdout.trim();
  throw failure(
    'TG-CI-NO-BASE',
    `Cannot compare ${other.slice(0, 12)} with ${one.slice(0, 12)}: the checkout has no commit that both have`,
    'Let the CI check out the whole history ("fetch-depth: 0", "GIT_DEPTH: 0"), or run "git fetch --unshallow"',
  );
}

function noCommit(revision: string, hint: string, found = 'this repository has none of that name'): Error {
  return failure('TG-CI-NO-COMMIT', `Cannot find the commit "${revision}": ${found}`, hint);
}

/** No repository, one without commits, or one that Git does not want to read for whose it is. */
async function withoutHead(root: string): Promise<Error> {
  const { stderr } = await capture(['git', 'rev-parse', 'HEAD'], { cwd: root });
  const [said = ''] = stderr.split('\n');
  const hint = said.includes('dubious ownership')
    ? `Let Git read it: git config --global --add safe.directory "${root}"`
    : 'Commit first: git add . && git commit';
  return noCommit('HEAD', hint, said === '' ? 'there is no Git on this machine' : `Git says "${said}"`);
}
