import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { joinKind, shellKind } from './test-kinds.ts';
import { makeTestProject, outcomes, step } from './test-project.ts';

test('a chain runs in order, its outputs are published, and again everything is a hit', async (t) => {
  const ran: string[] = [];
  const project = await makeTestProject(t, { kinds: [joinKind(ran)] });
  project.write('a.txt', 'A');
  const steps = [step('b', { in: ['steps.a/out'], settings: { text: 'b' } }), step('a', { in: ['a.txt'], settings: { text: 'a' } })];

  const first = await project.run(steps);
  const second = await project.run(steps);

  assert.deepEqual(outcomes(first), ['steps.a: done', 'steps.b: done']);
  assert.equal(first.status, 'succeeded');
  assert.equal(readFileSync(join(project.root, 'made/b.txt'), 'utf8'), 'b|a|A');
  assert.deepEqual(outcomes(second), ['steps.a: hit', 'steps.b: hit']);
  assert.deepEqual(ran, ['steps.a', 'steps.b']);
  assert.deepEqual(
    second.steps.map((record) => record.madeBy),
    [first.id, first.id],
  );
});

test('a command works in a workspace that shows its inputs at their paths', async (t) => {
  const project = await makeTestProject(t, { kinds: [shellKind()] });
  project.write('a.txt', 'A');
  const run = 'ls; cat a.txt > made/s.txt; echo done >&2';
  const first = await project.run([step('s', { kind: 'shell', in: ['a.txt'], settings: { run } })]);

  assert.deepEqual(first.steps[0]?.failure, null);
  assert.equal(readFileSync(join(project.root, 'made/s.txt'), 'utf8'), 'A');
  assert.equal(readFileSync(project.engine.stepLog(first.id, first.steps[0].step), 'utf8'), 'a.txt\nmade\ndone\n');
});
