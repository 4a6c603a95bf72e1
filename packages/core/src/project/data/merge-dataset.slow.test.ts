import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest } from '@tidegate/formats';
import { makeTestProject, type TestProject, unattended } from '../test-project.ts';
import { refuseBusy } from '../forget/begin-forgetting.ts';
import type { Project } from '../project.ts';
import { collectGarbage } from '../store/collect/collect-garbage.ts';
import { listRuns } from '../run/runs.ts';
import { commitDataset } from './commit-dataset.ts';
import { mergeDataset } from './merge-dataset.ts';
import { versionToMerge } from './merge-lock.ts';

const yaml = 'version: 1\ndata: { towns: { from: { files: data/* } } }\n';

async function version(at: TestProject): Promise<Digest> {
  using project = await at.open();
  const { version: digest } = await commitDataset(project, 'towns', { ...unattended, onProgress: () => {} });
  return digest ?? assert.fail('no version');
}

test('files of both sides that cannot be read as one dataset are told with the reason, and no pin moves', async (t) => {
  const at = makeTestProject(t, { 'tidegate.yaml': yaml, 'data/a.csv': 'name\nOban\n' });
  const base = await version(at);
  at.write({ 'data/b.csv': 'name\nKeills\n' });
  const ours = await version(at);
  at.remove('data');
  at.write({ 'data/c.jsonl': '{"name":"Tarbert"}\n' });
  const theirs = await version(at);
  const pinned = at.git('hash-object', 'tidegate.lock');
  using project = await at.open();

  const merge = mergeDataset(project, 'towns', { base, ours, theirs, prefer: null, fetches: true, ...unattended });

  await assert.rejects(merge, /TG-DATA-MERGE: Cannot make a version of what was merged of data\.towns: .*"data\/c\.jsonl"/);
  assert.equal(at.git('hash-object', 'tidegate.lock'), pinned);
});

test('a dataset that both branches have added has no base, and a version that is no branch needs one to be named', async (t) => {
  const at = makeTestProject(t, { 'tidegate.yaml': yaml, '.gitignore': 'data/\n' });
  at.git('switch', '--quiet', '--create', 'side');
  at.write({ 'data/a.csv': 'name\nOban\n' });
  const theirs = await version(at);
  at.commit('Side');
  at.git('switch', '--quiet', 'main');
  at.remove('data');
  at.write({ 'data/b.csv': 'name\nKeills\n' });
  const ours = await version(at);
  at.commit('Main');
  using project = await at.open();

  const pin = await versionToMerge(project, 'towns', { from: 'side', base: null });

  assert.deepEqual(pin, { dataset: 'towns', base: null, ours, theirs });
  const runs = listRuns(project).length;
  const would = await mergeDataset(project, 'towns', { ...pin, prefer: null, fetches: true, dryRun: true, ...unattended });
  assert.deepEqual(would, { kind: 'mergeable', dataset: 'towns', version: null, files: 2 });
  assert.equal(listRuns(project).length, runs);
  const merged = await mergeDataset(project, 'towns', { ...pin, prefer: null, fetches: true, ...unattended });
  assert.ok(merged.kind === 'merged' && merged.files === 2 && merged.rows === 2);
  await assert.rejects(versionToMerge(project, 'towns', { from: theirs, base: null }), /TG-CLI-USAGE.*is no branch/);
});

test('neither garbage collection nor forgetting takes away a version that is being merged, whoever was killed before', async (t) => {
  const at = makeTestProject(t, { 'tidegate.yaml': yaml, 'data/a.csv': 'name\nOban\n' });
  const base = await version(at);
  at.write({ 'data/b.csv': 'name\nKeills\n' });
  const theirs = await version(at);
  at.remove('data/b.csv');
  at.write({ 'data/c.csv': 'name\nTarbert\n' });
  const ours = await version(at);
  using project = await at.open();
  const { state, home, objects, store } = project;
  state.database.exec(
    'DELETE FROM run; DELETE FROM result; INSERT INTO hold VALUES (\'h-dead\', \'gone\', \'\', \'{"pid":999999999,"startedAt":"1","boot":"none"}\')',
  );
  const collect = (): Promise<unknown> => collectGarbage({ store: objects, state, home, nowMs: Date.now() + 400 * 86_400_000, graceMs: 0 });
  const beside: Project = {
    ...project,
    store: {
      ...store,
      putEntries: async (entries) => {
        await collect();
        assert.throws(() => refuseBusy(project, 'towns'), /TG-DATA-FORGET-BUSY: .* are being merged/);
        return store.putEntries(entries);
      },
    },
  };

  const merged = await mergeDataset(beside, 'towns', { base, ours, theirs, prefer: null, fetches: true, ...unattended });

  assert.ok(merged.kind === 'merged' && merged.files === 3 && merged.rows === 3);
  refuseBusy(project, 'towns');
  assert.deepEqual(state.prepare('SELECT id FROM hold').all(), []);
});
