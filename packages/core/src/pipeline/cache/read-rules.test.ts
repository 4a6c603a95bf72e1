import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunRecord, StepRecord } from '@tidegate/formats';
import { digestOfBytes } from '../../platform/index.ts';
import type { StepNode } from '../step-kind.ts';
import { joinKind, shellKind } from '../test-kinds.ts';
import { loseObject, makeTestProject, outcomes, step } from '../test-project.ts';

const recordOf = (run: RunRecord, name: string): StepRecord => run.steps.find((record) => record.step === name) ?? assert.fail(name);

test('rule 13: a result counts only if all its objects are there; a missing one is a miss with its reason (hostile 3)', async (t) => {
  const ran: string[] = [];
  const project = await makeTestProject(t, { kinds: [joinKind(ran)] });
  const steps = [step('a'), step('b', { in: ['steps.a/out'], settings: { text: 'b' } })];
  const first = await project.run(steps);
  const gone = recordOf(first, 'steps.a').outputs['out']?.digest ?? assert.fail();
  loseObject(project, gone);
  ran.length = 0;

  const again = await project.run(steps);

  assert.deepEqual(outcomes(again), ['steps.a: done', 'steps.b: hit']);
  assert.deepEqual(recordOf(again, 'steps.a').reasons, [{ kind: 'object-missing', digest: gone }]);
  assert.deepEqual(ran, ['steps.a']);
});

test('rule 13: a file missing from a folder is a miss too, and so is the record of the folder itself', async (t) => {
  const project = await makeTestProject(t, { kinds: [shellKind()] });
  const steps = [
    step('a', {
      kind: 'shell',
      settings: { run: 'mkdir d; echo 1 > d/x; echo 2 > d/y' },
      outputs: [{ name: 'tree', path: 'd', publish: true }],
    }),
  ];
  const first = await project.run(steps);
  const tree = recordOf(first, 'steps.a').outputs['tree']?.digest ?? assert.fail();
  for (const digest of [digestOfBytes('2\n'), tree]) {
    loseObject(project, digest);

    const again = await project.run(steps);

    assert.deepEqual(recordOf(again, 'steps.a').reasons, [{ kind: 'object-missing', digest }]);
    assert.equal(again.status, 'succeeded');
  }
});

test('rule 14: a result is kept file by file, with a list of them in JSON, and in no archive', async (t) => {
  const project = await makeTestProject(t, { kinds: [shellKind()] });
  const files = { 'x.txt': 'one\n', 'y/z.txt': 'two\n' };

  const run = await project.run([treeStep('mkdir -p d/y; echo one > d/x.txt; echo two > d/y/z.txt')]);

  const { store } = project.parts;
  const { entries } = await store.readTree(recordOf(run, 'steps.a').outputs['tree']?.digest ?? assert.fail());
  assert.deepEqual(
    entries.map(({ path, digest, bytes }) => [path, digest, bytes]),
    Object.entries(files).map(([path, text]) => [path, digestOfBytes(text), text.length]),
  );
  for (const { path, digest } of entries) {
    await store.checkOut(digest, join(project.root, 'out', path));
    assert.equal(readFileSync(join(project.root, 'out', path), 'utf8'), files[path as keyof typeof files]);
  }
});

for (const path of ['../escaped.txt', '/escaped.txt', 'd/../../escaped.txt', ''])
  test(`rule 14: a list with the path "${path}" is no result: the step runs again and nothing is written outside`, async (t) => {
    const project = await makeTestProject(t, { kinds: [shellKind()] });
    const { store, state } = project.parts;
    const steps = [treeStep('mkdir d; echo one > d/x.txt')];
    const first = await project.run(steps);
    const outputs = recordOf(first, 'steps.a').outputs;
    const { digest, bytes } = await store.putBytes('escaped');
    const hostile = await store.putJson({ format: 'tidegate.tree/1', entries: [{ path, digest, bytes }] });
    const record = { outputs: { tree: { ...outputs['tree'], digest: hostile.digest } }, evidence: [], facts: {} };
    state.commit(() => state.prepare('UPDATE result SET record = ?').run(JSON.stringify(record)));

    const again = await project.run(steps);

    assert.deepEqual(outcomes(again), ['steps.a: done']);
    assert.deepEqual(recordOf(again, 'steps.a').outputs, outputs);
    assert.equal(existsSync(join(project.root, '..', 'escaped.txt')) || existsSync('/escaped.txt'), false);
  });

function treeStep(run: string): StepNode {
  return step('a', { kind: 'shell', settings: { run }, outputs: [{ name: 'tree', path: 'd', publish: true }] });
}
