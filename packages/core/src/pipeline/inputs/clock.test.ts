import assert from 'node:assert/strict';
import { readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemPlatform } from '../../platform/index.ts';
import { joinKind } from '../test-kinds.ts';
import { makeTestProject, outcomes, step } from '../test-project.ts';

const hourMs = 3_600_000;

test('hostile 20: a clock that jumps an hour ahead and two hours back changes no result and stops no run', async (t) => {
  let aheadMs = 0;
  const clock = { ...systemPlatform.clock, now: () => Date.now() + aheadMs };
  const project = await makeTestProject(t, { kinds: [joinKind()], platform: { ...systemPlatform, clock } });
  project.write('a.txt', 'A');
  const steps = [step('a', { in: ['a.txt'] }), step('b', { in: ['steps.a/out'] })];
  await project.run(steps);

  for (const jump of [hourMs, -hourMs]) {
    aheadMs = jump;
    assert.deepEqual(outcomes(await project.run(steps)), ['steps.a: hit', 'steps.b: hit']);
    project.write('a.txt', `edited at ${jump}`);
    const edited = await project.run(steps);
    assert.deepEqual(outcomes(edited), ['steps.a: done', 'steps.b: done']);
    assert.ok((edited.durationMs ?? -1) >= 0, 'a duration is no difference of clock times');
    assert.equal(readFileSync(join(project.root, 'made/b.txt'), 'utf8'), `||edited at ${jump}`);
  }
});

test('hostile 20: of a file with a time in the future, and of another with the size and the time of before, the content decides', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const file = join(project.root, 'a.txt');
  project.write('a.txt', 'one');
  utimesSync(file, new Date(Date.now() + hourMs), new Date(Date.now() + hourMs));
  const steps = [step('a', { in: ['a.txt'] })];
  await project.run(steps);
  const { atime, mtime } = statSync(file);

  project.write('a.txt', 'two');
  utimesSync(file, atime, mtime);
  const changed = await project.run(steps);
  utimesSync(file, new Date(0), new Date(0));
  const touched = await project.run(steps);

  assert.deepEqual(outcomes(changed), ['steps.a: done']);
  assert.equal(readFileSync(join(project.root, 'made/a.txt'), 'utf8'), '|two');
  assert.deepEqual(outcomes(touched), ['steps.a: hit']);
});
