import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, type RunId, stepName } from '@tidegate/formats';
import { systemClock, systemPlatform } from '../../platform/index.ts';
import { joinKind } from '../test-kinds.ts';
import { makeTestProject, step } from '../test-project.ts';
import { inBrief, runsInBrief, type RunsWanted } from './run-in-brief.ts';

test('runs are listed without reading a record, and by every filter', async (t) => {
  let now = Date.UTC(2026, 10, 23, 20);
  const platform = { ...systemPlatform, clock: { ...systemClock, now: () => now } };
  const kind = joinKind([], async ({ node }) => {
    if (node.settings['text'] === 'broken') throw failure('TG-COMMANDS-FAILED', 'it broke', null);
    return {};
  });
  const project = await makeTestProject(t, { kinds: [kind], platform });
  const ids: RunId[] = [];
  for (const [text, branch, commit] of [
    ['1', 'main', 'abc1'],
    ['broken', 'try', 'abd2'],
    ['1', 'main', 'abd2'],
  ] as const) {
    ids.push((await project.run([step('a', { settings: { text } })], { branch, commit, dirty: false })).id);
    now += 3_600_000;
  }
  const { state, engine } = { ...project.parts, ...project };
  const records = ids.map((id) => engine.runs.get(id) ?? assert.fail());
  state.database.exec("UPDATE run SET record = 'unreadable'");
  const list = (more: Partial<RunsWanted> = {}): readonly number[] =>
    runsInBrief(state, { project: 'demo', limit: 9, ...more }).map(({ id }) => ids.indexOf(id));

  assert.deepEqual(runsInBrief(state, { project: 'demo', limit: 9 }), records.toReversed().map(inBrief));
  assert.deepEqual(
    records.map((record) => inBrief(record).steps),
    [
      { all: 1, ran: 1, failed: 0 },
      { all: 1, ran: 1, failed: 1 },
      { all: 1, ran: 0, failed: 0 },
    ],
  );
  assert.deepEqual(list({ status: 'failed' }), [1]);
  assert.deepEqual(list({ branch: 'main' }), [2, 0]);
  assert.deepEqual(list({ commit: 'abd' }), [2, 1]);
  assert.deepEqual(list({ step: stepName('steps.a') }), [1, 0]);
  assert.deepEqual(list({ since: '2026-11-23T21:00:00.000Z' }), [2, 1]);
  assert.deepEqual(list({ since: '2026-11-23T21:00:00.000Z', until: '2026-11-23T22:00:00.000Z' }), [1]);
  assert.deepEqual(list({ verdict: 'pass' }), []);
  assert.deepEqual(list({ project: 'another' }), []);
  assert.deepEqual(list({ limit: 1 }), [2]);
});

test('a list of runs is read from one index', async (t) => {
  const { state } = (await makeTestProject(t, { kinds: [] })).parts;

  const [plan] = state.database
    .prepare(
      'EXPLAIN QUERY PLAN SELECT id, brief, verdict, branch, commit_id, status FROM run WHERE project = ? ORDER BY started_at DESC, id DESC',
    )
    .all('demo');

  assert.match(String(plan?.['detail']), /USING COVERING INDEX run_in_brief/);
});

test('a run that was killed is listed as crashed, before anybody has cleared up after it', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const { id } = await project.run([step('a')]);
  const { state } = project.parts;
  state.prepare("UPDATE run SET status = 'running', owner = ? WHERE id = ?").run('{"pid":999999999,"startedAt":"1","boot":"b"}', id);

  assert.deepEqual(
    runsInBrief(state, { project: 'demo', status: 'crashed', limit: 9 }).map((run) => run.id),
    [id],
  );
  assert.deepEqual(runsInBrief(state, { project: 'demo', status: 'running', limit: 9 }), []);
});
