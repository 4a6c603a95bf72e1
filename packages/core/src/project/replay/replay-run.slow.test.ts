import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { complaints, makeTestProject, unattended } from '../test-project.ts';
import { shop } from '../test-shop.ts';
import { replayRun } from './replay-run.ts';

test('a whole run is rebuilt with the data that it had and the champion of its time, and comes to the same verdict', async (t) => {
  const project = makeTestProject(t, shop());
  const first = await project.run({ goal: 'production' });
  assert.equal(first.record.verdict, 'pass', complaints(first));
  project.write({ 'weight.txt': '2' });
  project.commit('Weigh more');
  const { record: run } = await project.run({ goal: 'production' });
  const rows = readFileSync(join(project.root, 'data/orders.csv'), 'utf8');
  writeFileSync(join(project.root, 'data/orders.csv'), rows.split('\n').slice(0, 300).join('\n'));
  project.write({ 'weight.txt': '3' });
  project.commit('Weigh more again');
  await project.run({ goal: 'production' });

  using opened = await project.open();
  const replay = await replayRun(opened, { run: run.id, step: null, keep: false, jobs: 2, ...unattended });

  assert.deepEqual(replay.first, null);
  assert.notEqual(replay.outcome, 'different');
  assert.deepEqual(replay.verdict, { before: run.verdict, after: run.verdict });
  assert.deepEqual([replay.commit, replay.dirty, Object.keys(replay.data)], [run.commit, false, ['orders', 'weather']]);
  assert.deepEqual([replay.steps.different, replay.steps.notCompared], [0, 0]);
});
