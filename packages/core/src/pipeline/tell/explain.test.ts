import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepName } from '@tidegate/formats';
import { joinKind } from '../test-kinds.ts';
import { loseObject, makeTestProject, step } from '../test-project.ts';

const a = stepName('steps.a');
const variant = (text: string) => [step('a', { settings: { text } })];

test('a step is explained by its key record, the run that made it, and what changed since it had another key', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const first = await project.run(variant('1'));
  const second = await project.run(variant('2'));
  const third = await project.run(variant('2'));

  const explained = await project.engine.explain(a);

  assert.equal(explained?.run, third.id);
  assert.equal(explained.record.status, 'hit');
  assert.deepEqual(explained.key?.settings, { text: '2' });
  assert.equal(explained.made?.run, second.id);
  assert.deepEqual(explained.previous, { run: first.id, key: first.steps[0]?.key });
  assert.deepEqual(explained.differences, [{ kind: 'setting-changed', setting: 'settings.text', before: '1', after: '2' }]);
});

test('an earlier run can be explained as well', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const first = await project.run(variant('1'));
  await project.run(variant('2'));

  const explained = await project.engine.explain(a, { run: first });

  assert.deepEqual([explained?.run, explained?.previous, explained?.differences], [first.id, null, []]);
});

test('a step that was never part of a run has no explanation', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  await project.run(variant('1'));

  assert.equal(await project.engine.explain(stepName('steps.b')), null);
});

test('a key record that is gone leaves the rest of the explanation', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const run = await project.run(variant('1'));
  loseObject(project, run.steps[0]?.key ?? assert.fail());

  const explained = await project.engine.explain(a);

  assert.deepEqual([explained?.key, explained?.made?.run], [null, run.id]);
});

test('a step is compared with the nearest earlier result, or with the run that is asked for', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const of = (text: string, more: string) => [step('a', { settings: { text }, variables: { MORE: more } })];
  const first = await project.run(of('1', 'x'));
  const second = await project.run(of('2', 'y'));
  await project.run(of('1', 'y'));

  const nearest = await project.engine.explain(a);
  const asked = await project.engine.explain(a, { against: first });
  const between = await project.engine.explain(a, { run: first, against: second });

  assert.deepEqual([nearest?.previous?.run, nearest?.differences.length], [second.id, 1]);
  assert.deepEqual(
    [asked?.previous?.run, asked?.differences.map((one) => one.kind === 'setting-changed' && one.setting)],
    [first.id, ['variables.MORE']],
  );
  assert.deepEqual([between?.run, between?.previous?.run, between?.differences.length], [first.id, second.id, 2]);
});

test('a result that garbage collection took is told as such: by the plan as the reason, by the explanation with when and why', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const run = await project.run(variant('1'));
  const key = run.steps[0]?.key ?? assert.fail();
  const { state } = project.parts;
  state.database.exec('DELETE FROM result');
  state
    .prepare(
      "INSERT INTO tombstone (key, project, step, run, why, evicted_at) VALUES (?, 'demo', 'steps.a', ?, 'nobody used it', '2026-11-29')",
    )
    .run(key, run.id);

  const [planned] = await project.plan(variant('1'));
  const explained = await project.engine.explain(a);

  assert.deepEqual(planned?.reasons, [{ kind: 'evicted', at: '2026-11-29', why: 'nobody used it' }]);
  assert.deepEqual([explained?.made, explained?.evicted], [null, { run: run.id, evictedAt: '2026-11-29', why: 'nobody used it' }]);
});
