import assert from 'node:assert/strict';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunInBrief } from '@tidegate/core';
import type { RunReplay } from '@tidegate/formats';
import { copiesIn, type Copies } from '../test-copies.ts';

const tree = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    // virtual environments, and what is remembered of interpreters, are shared
    .filter((path) => !/\.sqlite-(wal|shm)$|^virtual-environments\//.test(path))
    .toSorted();

async function replayOf(copies: Copies, words = 'last'): Promise<RunReplay & { readonly code: number }> {
  const { code, stdout, stderr } = await copies.call(`replay ${words} --json`);
  assert.notEqual(stdout, '', stderr);
  return { ...(JSON.parse(stdout) as RunReplay), code };
}

test('a run of a commit is rebuilt to the byte, whatever the tree is now, and nothing of tree and home is changed', async (t) => {
  const copies = copiesIn(t);
  await copies.call('run');
  copies.write({ 'params.yaml': 'depth: 9\n', 'stray.txt': '' });
  const before = [tree(copies.root), tree(copies.home), await copies.json<readonly RunInBrief[]>('runs')];

  const replay = await replayOf(copies);

  assert.deepEqual([replay.outcome, replay.code, replay.first, replay.place], ['identical', 0, null, null]);
  assert.deepEqual(replay.steps, { identical: 2, withinTolerance: 0, different: 0, notCompared: 0 });
  const judged = await copies.call('replay last --verdicts');
  assert.deepEqual([judged.code, /has judged no model/.test(judged.stdout)], [0, true]);
  assert.deepEqual([tree(copies.root), tree(copies.home), await copies.json<readonly RunInBrief[]>('runs')], before);
});

test('a run that cannot be rebuilt is refused with why, and with what to do', async (t) => {
  const copies = copiesIn(t);
  await copies.call('run');
  copies.write({ 'other.txt': 'read by nobody\n' });
  await copies.call('run');
  const unkept = await copies.call('replay last');
  copies.write({ 'params.yaml': 'depth: 7\n' });
  await copies.call('run');
  rmSync(join(copies.root, '.git'), { recursive: true });
  const outside = await copies.call('replay last');

  assert.match(unkept.stderr, /TG-PIPELINE-REPLAY[^]*uncommitted changes in which nothing ran\n.*tidegate replay r-/);
  assert.match(outside.stderr, /made in no commit of a Git repository/);
  assert.deepEqual([unkept.code, outside.code, (await copies.call('replay last-7')).code], [1, 1, 2]);
  assert.equal(existsSync(join(copies.root, 'made/end.yaml')), true);
});
