import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { joinKind } from '../test-kinds.ts';
import { makeTestProject, step, type TestProject } from '../test-project.ts';
import type { EarlierResult } from '../step-kind.ts';

async function asking(t: TestContext): Promise<{ readonly project: TestProject; readonly told: (readonly EarlierResult[])[] }> {
  const told: (readonly EarlierResult[])[] = [];
  const kind = joinKind([], async (context) => {
    told.push((await context.earlier?.()) ?? []);
    return {};
  });
  const project = await makeTestProject(t, { kinds: [kind] });
  return { project, told };
}

const files = ['*.txt'];

test('a step is told of its results under other keys, with every difference, and of none when it is forced', async (t) => {
  const { project, told } = await asking(t);
  const nodes = (text: string): readonly ReturnType<typeof step>[] => [step('a', { in: files, settings: { text } })];
  project.write('a.txt', 'one');
  const first = await project.run(nodes('x'));
  project.write('a.txt', 'two');
  const second = await project.run(nodes('x'));
  project.write('b.txt', 'new');
  await project.run(nodes('y'));
  await project.run(nodes('y'), { force: 'all' });

  const kinds = told.map((results) =>
    results.map(({ run, changes }) => [run, changes.map((change) => ('input' in change ? change.input : change.kind))]),
  );
  assert.deepEqual(kinds, [
    [],
    [[first.id, ['a.txt']]],
    [
      [second.id, ['b.txt', 'setting-changed']],
      [first.id, ['a.txt', 'b.txt', 'setting-changed']],
    ],
    [],
  ]);
});

test('a result of a run that is trusted less is no earlier one', async (t) => {
  const { project, told } = await asking(t);
  const run = async (content: string): Promise<unknown> => {
    project.write('a.txt', content);
    return project.run([step('a', { in: files })]);
  };
  await run('one');
  project.parts.state.prepare("UPDATE result SET zone = 'untrusted'").run();
  await run('two');
  await run('three');

  assert.deepEqual(
    told.map((results) => results.length),
    [0, 0, 1],
  );
});

test('a workspace that is asked for anew is as it was at first', async (t) => {
  const seen: boolean[] = [];
  const kind = joinKind([], async (context) => {
    for (const how of ['kept', 'kept', 'renewed', 'kept'] as const) {
      const left = join(await context.workspace(new Set(), how), 'left');
      seen.push(existsSync(left), existsSync(join(left, '..', 'a.txt')));
      writeFileSync(left, '');
    }
    return {};
  });
  const project = await makeTestProject(t, { kinds: [kind] });
  project.write('a.txt', 'one');

  await project.run([step('a', { in: files })]);

  assert.deepEqual(seen, [false, true, true, true, false, true, true, true]);
});
