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

  const explained = await project.engine.explain(a, first.id);

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
