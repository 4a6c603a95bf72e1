import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { digestOfHex } from '@tidegate/formats';
import { writeLock } from '../config/index.ts';
import type { Project } from '../project/index.ts';
import { commitLock } from './commit-lock.ts';
import { makeWatchedProject, type WatchedProject } from './test-project.ts';

const old = digestOfHex('11'.repeat(32));
const fresh = digestOfHex('22'.repeat(32));
const why = { run: 'r-20260101-000000-abcd', reason: { kind: 'new-commit', before: null } } as const;

interface Repository {
  readonly at: WatchedProject;
  readonly project: Project;
  readonly git: WatchedProject['git'];
}

async function repository(t: TestContext): Promise<Repository> {
  const at = makeWatchedProject(t, { 'tidegate.yaml': 'version: 1\nproject: pins\n', 'a.txt': '1', 'b.txt': '1' });
  const project = await at.open();
  t.after(() => project[Symbol.dispose]());
  return { at, project, git: at.git };
}

const pin = (root: string, digest: typeof old): Promise<boolean> =>
  writeLock(root, { data: { houses: digest }, features: {}, packages: {} });

test('a lock that moved is committed alone; what else is staged or changed stays as it is', async (t) => {
  const { at, project, git } = await repository(t);
  at.write({ 'a.txt': '2', 'b.txt': '2', 'c.txt': 'new' });
  git('add', 'a.txt');
  const before = git('rev-parse', 'HEAD').trim();
  await pin(at.root, old);

  const first = await commitLock(project, why);
  await pin(at.root, fresh);
  const second = await commitLock(project, why);

  assert.equal(first?.parent, before);
  assert.deepEqual(first?.moved, [{ section: 'data', name: 'houses', before: null, after: old }]);
  assert.deepEqual(second?.moved, [{ section: 'data', name: 'houses', before: old, after: fresh }]);
  assert.equal(git('show', '--format=', '--name-only', 'HEAD').trim(), 'tidegate.lock');
  assert.equal(git('status', '--porcelain'), 'M  a.txt\n M b.txt\n?? c.txt\n');
  assert.match(
    git('log', '-1', '--format=%an%n%B'),
    /^tidegate up\nPin data\.houses\n[^]*data\.houses: 111111111111 -> 222222222222\n\nTidegate-Run: r-20260101-000000-abcd/,
  );
});

test('a lock that is committed already is left alone', async (t) => {
  const { at, project, git } = await repository(t);
  await pin(at.root, old);
  await commitLock(project, why);
  const before = git('rev-parse', 'HEAD');

  assert.equal(await commitLock(project, why), null);
  assert.equal(git('rev-parse', 'HEAD'), before);
});

test('a hook that refuses the commit is told in its own words, and nothing is committed', async (t) => {
  const { at, project, git } = await repository(t);
  const hook = join(at.root, '.git/hooks/pre-commit');
  mkdirSync(join(at.root, '.git/hooks'), { recursive: true });
  writeFileSync(hook, '#!/bin/sh\necho "not on a Friday" >&2\nexit 1\n');
  chmodSync(hook, 0o755);
  await pin(at.root, old);
  const before = git('rev-parse', 'HEAD');

  await assert.rejects(commitLock(project, why), /TG-LOOP-COMMIT: .*not on a Friday/);

  assert.equal(git('rev-parse', 'HEAD'), before);
});
