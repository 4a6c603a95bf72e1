import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepName } from '@tidegate/formats';
import { joinKind } from '../test-kinds.ts';
import { makeTestProject, step } from '../test-project.ts';
import { expectedTime } from './expected-time.ts';

const a = { project: 'demo', step: stepName('steps.a') };
const put = 'INSERT INTO step_run (project, step, at, run, status, duration_ms, input_bytes) VALUES (?, ?, ?, ?, ?, ?, ?)';

test('a step is expected to take what it took: the median and the quartiles of its last times', async (t) => {
  const { state } = (await makeTestProject(t, { kinds: [] })).parts;
  const times = [9, 1, 2, 3, 4];
  for (const [index, ms] of times.entries()) state.prepare(put).run('demo', 'steps.a', `2026-01-0${index + 1}`, 'r', 'done', ms, null);
  state.prepare(put).run('demo', 'steps.a', '2026-01-09', 'r', 'failed', 100, null);

  assert.deepEqual(expectedTime(state, a, null), { medianMs: 3, lowMs: 2, highMs: 4, lastMs: 4, count: 5, likeSize: false });
});

test('of a step with inputs of very different sizes, times with inputs like those now count', async (t) => {
  const { state } = (await makeTestProject(t, { kinds: [] })).parts;
  for (const index of [1, 2, 3, 4, 5, 6])
    state.prepare(put).run('demo', 'steps.a', `2026-01-0${index}`, 'r', 'done', index % 2 ? 10 : 1000, index % 2 ? 100 : 10_000);

  assert.deepEqual(expectedTime(state, a, 130), { medianMs: 10, lowMs: 10, highMs: 10, lastMs: 1000, count: 3, likeSize: true });
  assert.deepEqual([expectedTime(state, a, 10)?.count, expectedTime(state, a, null)?.likeSize], [6, false]);
});

test('a step without history has no expected time, and a run gives it one with the bytes that it read', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  project.write('a.txt', 'ABC');
  const steps = [step('a', { in: ['a.txt'] })];
  const before = expectedTime(project.parts.state, a, 3);

  const [cold] = await project.plan(steps);
  const run = await project.run(steps);
  await project.run(steps);

  assert.deepEqual([before, cold?.inputBytes, run.steps[0]?.inputBytes], [null, 3, 3]);
  assert.deepEqual(
    [expectedTime(project.parts.state, a, 3)?.count, expectedTime(project.parts.state, a, 3)?.lastMs],
    [1, run.steps[0]?.durationMs],
  );
});
