import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinKind } from '../test-kinds.ts';
import { makeTestProject, step } from '../test-project.ts';

test('a plan of more than a thousand steps finds the results of those that ran, and says of the others why they would', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const steps = Array.from({ length: 1_100 }, (_, index) => step(`s${index}`));
  await project.run([step('s7'), step('s8', { settings: { word: 'former' } })]);

  const plan = await project.plan(steps);

  const actionOf = (name: string): unknown => plan.find((planned) => planned.step === name)?.action;
  const reasonsOf = (name: string): unknown => plan.find((planned) => planned.step === name)?.reasons.map(({ kind }) => kind);
  assert.equal(actionOf('steps.s7'), 'hit');
  assert.deepEqual(reasonsOf('steps.s8'), ['setting-changed']);
  assert.deepEqual(reasonsOf('steps.s9'), ['never-run']);
});
