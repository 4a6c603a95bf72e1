import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stepName } from '@tidegate/formats';
import { planProject } from '../run/plan-project.ts';
import { makeTestProject, type TestProject, unattended } from '../test-project.ts';
import { uncommittedOf } from './keep-uncommitted.ts';

const files = {
  'tidegate.yaml': `version: 1
project: copies
steps:
  copy: { run: cp params.yaml out.yaml, in: [params.yaml, notes.txt], out: { copy: out.yaml } }
  next: { run: cp out.yaml end.yaml, in: [steps.copy/copy], out: { end: end.yaml } }
`,
  '.gitignore': 'out.yaml\nend.yaml\nnotes.txt\n',
  'params.yaml': 'train: { depth: 3 }\n',
  'notes.txt': 'first\nsecond\n',
};

async function changesNow(project: TestProject): Promise<unknown> {
  using opened = await project.open();
  const { steps } = await planProject(opened, { only: [], signal: unattended.signal });
  return Object.fromEntries(steps.flatMap(({ step, changes }) => (changes.length === 0 ? [] : [[step, changes]])));
}

const depth = (before: number, after: number) => ({
  input: 'params.yaml',
  change: { kind: 'parameters', changes: [{ name: 'train.depth', before, after }], more: 0 },
});

test('a plan tells what of a file changed since a commit that was run', async (t) => {
  const project = makeTestProject(t, files);
  await project.run();
  project.write({ 'params.yaml': 'train: { depth: 5 }\n' });

  assert.deepEqual(await changesNow(project), { 'steps.copy': [depth(3, 5)] });
});

test('a plan tells what of a file changed since a run that was committed nowhere', async (t) => {
  const project = makeTestProject(t, files);
  project.write({ 'params.yaml': 'train: { depth: 4 }\n' });
  const { record } = await project.run();
  project.write({ 'params.yaml': 'train: { depth: 5 }\n' });

  assert.deepEqual(await changesNow(project), { 'steps.copy': [depth(4, 5)] });
  using opened = await project.open();
  const kept = uncommittedOf(opened.state, record.id) ?? assert.fail();
  assert.deepEqual(
    (await opened.store.readTree(kept.tree)).entries.map(({ path }) => path),
    ['params.yaml'],
  );
  assert.deepEqual([kept.removed, kept.whole], [[], true]);
});

test('a file whose former bytes are nowhere is only said to have changed', async (t) => {
  const project = makeTestProject(t, files);
  await project.run();
  project.write({ 'notes.txt': 'third\n' });

  assert.deepEqual(await changesNow(project), {});
});

test('what a step made otherwise is looked into as a file is, once it is made', async (t) => {
  const project = makeTestProject(t, files);
  await project.run();
  project.write({ 'params.yaml': 'train: { depth: 5 }\n' });
  await project.run({ only: [stepName('steps.copy')] });

  const change = { kind: 'parameters', changes: [{ name: 'train.depth', before: 3, after: 5 }], more: 0 };
  assert.deepEqual(await changesNow(project), { 'steps.next': [{ input: 'steps.copy/copy', change }] });
});

test('a run without anything uncommitted keeps nothing, nor does one in which nothing ran', async (t) => {
  const project = makeTestProject(t, files);
  await project.run();
  project.write({ 'other.txt': 'read by nobody\n' });
  await project.run();

  using opened = await project.open();
  assert.deepEqual(opened.state.prepare('SELECT run FROM uncommitted').all(), []);
});

test('a file that was removed and is not committed is remembered as such', async (t) => {
  const project = makeTestProject(t, { ...files, 'old.txt': '' });
  project.remove('old.txt');
  const { record } = await project.run();

  using opened = await project.open();
  assert.deepEqual(uncommittedOf(opened.state, record.id)?.removed, ['old.txt']);
});
