import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRunId, runId, stepName } from '@tidegate/formats';
import { systemClock, systemPlatform } from '../platform/index.ts';
import { beginRun, noteStep } from './runs.ts';
import { unfinished } from './run/step-record.ts';
import { joinKind } from './test-kinds.ts';
import { makeTestProject, step } from './test-project.ts';

const newRun = { project: 'demo', commit: null, dirty: true, branch: null, subject: null, goal: 'gate' };

test('a run is read back as it was returned', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });

  const run = await project.run([step('a')], { commit: 'abc', dirty: false, branch: 'main', subject: 'Begin', goal: 'staging' });

  assert.deepEqual(project.engine.runs.get(run.id), run);
  assert.ok(isRunId(run.id));
  assert.deepEqual([run.commit, run.dirty, run.branch, run.subject, run.goal], ['abc', false, 'main', 'Begin', 'staging']);
  assert.ok(run.endedAt !== null && run.endedAt >= run.startedAt && (run.durationMs ?? -1) >= 0);
});

test('a run that nobody knows is null', async (t) => {
  const project = await makeTestProject(t, { kinds: [] });

  assert.equal(project.engine.runs.get(runId('r-20200101-000000-abcd')), null);
});

test('runs are listed newest first, by project, status and step', async (t) => {
  let now = Date.UTC(2026, 10, 23, 20, 25, 53);
  const platform = { ...systemPlatform, clock: { ...systemClock, now: () => now } };
  const project = await makeTestProject(t, { kinds: [joinKind()], platform });
  const ids = [];
  for (const name of ['a', 'b', 'a']) {
    ids.unshift((await project.run([step(name)])).id);
    now += 1_000;
  }
  project.parts.state.database.exec(`UPDATE run SET project = 'other' WHERE id = '${ids[1]}'`);
  const { list } = project.engine.runs;

  assert.match(ids[2] ?? '', /^r-20261123-202553-[0-9a-f]{4}$/);
  assert.deepEqual(
    list().map((run) => run.id),
    ids,
  );
  assert.deepEqual(
    list({ project: 'demo' }).map((run) => run.id),
    [ids[0], ids[2]],
  );
  assert.deepEqual(
    list({ step: stepName('steps.b') }).map((run) => run.id),
    [ids[1]],
  );
  assert.deepEqual(
    list({ limit: 1 }).map((run) => run.id),
    [ids[0]],
  );
  assert.deepEqual(list({ status: 'failed' }), []);
});

test('two runs never get the same id, even in the same second with the same luck', async (t) => {
  const luck = ['aaaa', 'aaaa', 'bbbb'];
  const platform = { clock: { ...systemClock, now: () => 0 }, random: { hex: () => luck.shift() ?? 'cccc' }, variables: {} };
  const project = await makeTestProject(t, { kinds: [] });

  const ids = [beginRun(project.parts.state, platform, newRun).id, beginRun(project.parts.state, platform, newRun).id];

  assert.deepEqual(ids, ['r-19700101-000000-aaaa', 'r-19700101-000000-bbbb']);
});

test('a run that is going shows the steps so far; when its process is gone it has crashed', async (t) => {
  const project = await makeTestProject(t, { kinds: [] });
  const { state } = project.parts;
  const { id } = beginRun(state, systemPlatform, newRun);
  const record = unfinished(step('a'), 'done', { startedAfterMs: 0, durationMs: 1 });
  noteStep(state, id, record);

  const going = project.engine.runs.get(id);
  state.prepare('UPDATE run SET owner = ?').run(JSON.stringify({ pid: process.pid, startedAt: '1', boot: 'another' }));
  const crashed = project.engine.runs.get(id);

  assert.deepEqual([going?.status, going?.steps], ['running', [record]]);
  assert.deepEqual([crashed?.status, crashed?.steps], ['crashed', [record]]);
  assert.deepEqual(
    project.engine.runs.list({ status: 'crashed' }).map((run) => run.id),
    [id],
  );
});
