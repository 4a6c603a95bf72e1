import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { commitRange, type RangeRequest } from './commit-range.ts';

const asked: RangeRequest = { base: null, head: null, suggested: [] };

interface Repository {
  readonly root: string;
  readonly git: (...argv: readonly string[]) => string;
  /** @returns the commit */
  readonly commit: (file: string) => string;
}

function repository(t: TestContext): Repository {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-range-'));
  t.after(() => rmSync(root, { recursive: true }));
  const git = (...argv: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.com', ...argv], { cwd: root, encoding: 'utf8' }).trim();
  git('init', '--quiet', '--initial-branch', 'main');
  const commit = (file: string): string => {
    writeFileSync(join(root, file), file);
    git('add', '.');
    git('commit', '--quiet', '--message', `Add ${file}`);
    return git('rev-parse', 'HEAD');
  };
  return { root, git, commit };
}

test('a branch is compared with the commit where it left the default branch', async (t) => {
  const { root, git, commit } = repository(t);
  const fork = commit('one');
  git('switch', '--quiet', '--create', 'branch');
  const head = commit('two');
  git('switch', '--quiet', 'main');
  commit('three');
  git('switch', '--quiet', 'branch');

  const range = await commitRange(root, asked);

  assert.deepEqual(range, { base: { id: fork, subject: 'Add one' }, head: { id: head, subject: 'Add two' } });
});

test('a merge into the target, as GitHub checks it out, is compared with the target: what others merged meanwhile is none of the change', async (t) => {
  const { root, git, commit } = repository(t);
  commit('one');
  git('switch', '--quiet', '--create', 'branch');
  commit('two');
  git('switch', '--quiet', 'main');
  const target = commit('three');
  git('switch', '--quiet', '--detach');
  git('merge', '--quiet', '--no-ff', '--message', 'Merge branch into main', 'branch');

  assert.equal((await commitRange(root, { ...asked, suggested: ['main'] })).base?.id, target);
});

test('what the CI suggests comes before the default branch, and on the side to compare with itself the commit before counts', async (t) => {
  const { root, commit } = repository(t);
  const first = commit('one');
  const second = commit('two');
  commit('three');

  assert.equal((await commitRange(root, { ...asked, suggested: ['refs/remotes/origin/none', first] })).base?.id, first);
  assert.equal((await commitRange(root, asked)).base?.id, second);
});

test('the first commit of all has nothing to compare with', async (t) => {
  const { root, commit } = repository(t);
  commit('one');

  assert.equal((await commitRange(root, asked)).base, null);
});

test('a revision that is not there is refused, also when it looks like an option of Git', async (t) => {
  const { root, commit } = repository(t);
  await assert.rejects(commitRange(root, asked), /TG-CI-NO-COMMIT/);
  commit('one');

  for (const base of ['nowhere', '--upload-pack=touch x', '-h', 'HEAD^{tree}', ''])
    await assert.rejects(commitRange(root, { ...asked, base }), /TG-CI-NO-COMMIT/);
});

test('what the CI says to compare with must be there: a checkout of one commit shows no change', async (t) => {
  const { root, commit } = repository(t);
  commit('one');

  await assert.rejects(commitRange(root, { ...asked, suggested: ['refs/remotes/origin/main'] }), /TG-CI-NO-COMMIT/);
});

test('two histories with no common commit cannot be compared', async (t) => {
  const { root, git, commit } = repository(t);
  commit('one');
  git('switch', '--quiet', '--orphan', 'other');
  commit('two');

  await assert.rejects(commitRange(root, asked), /TG-CI-NO-BASE/);
});

test('another commit than the one to judge, or a changed file, is refused; a moved lock is not', async (t) => {
  const { root, commit } = repository(t);
  const first = commit('one');
  commit('tidegate.lock');

  await assert.rejects(commitRange(root, { ...asked, head: first }), /TG-CI-NOT-AT-HEAD/);
  appendFileSync(join(root, 'tidegate.lock'), 'x');
  assert.equal((await commitRange(root, asked)).base?.id, first);
  appendFileSync(join(root, 'one'), 'x');
  await assert.rejects(commitRange(root, asked), /TG-CI-NOT-AT-HEAD/);
});
