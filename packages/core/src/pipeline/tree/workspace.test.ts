import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunRecord, StepRecord } from '@tidegate/formats';
import { filesBelow } from '../../platform/index.ts';
import type { StepNode } from '../step-kind.ts';
import { joinKind, shellKind } from '../test-kinds.ts';
import { makeTestProject, outcomes, step, type TestProject } from '../test-project.ts';

const recordOf = (run: RunRecord, name: string): StepRecord => run.steps.find((record) => record.step === name) ?? assert.fail(name);
const published = (project: TestProject, path: string): string => readFileSync(join(project.root, path), 'utf8');

const makeTree = step('make', {
  kind: 'shell',
  settings: { run: 'mkdir -p t/deep; echo one > t/a; echo two > t/deep/b; chmod +x t/a' },
  outputs: [{ name: 'tree', path: 't', publish: false }],
});

/** A shell step that reads one artifact at a place. */
function reader(run: string, place: string | null, output = 'tree'): StepNode {
  const plain = step('read', { kind: 'shell', settings: { run } });
  return { ...plain, inputs: [{ from: 'step', step: makeTree.name, output, place }] };
}

test('a workspace shows project files with their modes, artifacts at their places, and folders for the outputs', async (t) => {
  const project = await makeTestProject(t, { kinds: [shellKind()] });
  project.write('src/run.sh', '#!/bin/sh\ncat t2/a t2/deep/b\n');
  chmodSync(join(project.root, 'src/run.sh'), 0o755);
  const node = reader('ls -R > listing; ./src/run.sh > made/read.txt; cat listing >> made/read.txt', 't2');

  await project.run([makeTree, { ...node, inputs: [...node.inputs, { from: 'project', pattern: 'src', required: true }] }]);

  assert.equal(
    published(project, 'made/read.txt'),
    'one\ntwo\n.:\nlisting\nmade\nsrc\nt2\n\n./made:\n\n./src:\nrun.sh\n\n./t2:\na\ndeep\n\n./t2/deep:\nb\n',
  );
});

test('a tree placed at the top lies at its own paths, and wins over a project file of the same path', async (t) => {
  const project = await makeTestProject(t, { kinds: [shellKind()] });
  project.write('a', 'from the project');
  project.write('b', 'B');
  const node = reader('cat a b deep/b > made/read.txt', '.');

  await project.run([makeTree, { ...node, inputs: [...node.inputs, { from: 'project', pattern: '*', required: true }] }]);

  assert.equal(published(project, 'made/read.txt'), 'one\nBtwo\n');
});

test('an artifact without a place is not in the workspace', async (t) => {
  const project = await makeTestProject(t, { kinds: [shellKind()] });

  await project.run([makeTree, reader('ls > made/read.txt', null)]);

  assert.equal(published(project, 'made/read.txt'), 'made\n');
});

test('a step may change what it finds in its workspace: neither the tree, the store nor another step sees it', async (t) => {
  const project = await makeTestProject(t, { kinds: [shellKind()] });
  project.write('a.txt', 'A');
  const spoil = {
    ...step('spoil', { kind: 'shell', in: ['a.txt'], settings: { run: 'echo x >> a.txt; echo x >> t/a; cp t/a made/spoil.txt' } }),
  };
  const inputs: StepNode['inputs'] = [...spoil.inputs, { from: 'step', step: makeTree.name, output: 'tree', place: 't' }];

  await project.run([makeTree, { ...spoil, inputs }]);
  await project.run([makeTree, reader('cat t/a > made/read.txt', 't')]);

  assert.equal(published(project, 'a.txt'), 'A');
  assert.equal(published(project, 'made/read.txt'), 'one\n');
});

test('an output where an input is placed is refused', async (t) => {
  const project = await makeTestProject(t, { kinds: [shellKind()] });

  const run = await project.run([makeTree, reader('true', 'made/read.txt')]);

  assert.equal(recordOf(run, 'steps.read').failure?.code, 'TG-PIPELINE-OUTPUT-CLASH');
});

test('a step that asks for no workspace has none, and workspaces are gone after the run', async (t) => {
  const seen: boolean[] = [];
  const project = await makeTestProject(t, {
    kinds: [
      shellKind(),
      joinKind([], async ({ run }) => {
        seen.push(existsSync(join(project.parts.home.workspaces, run, 'steps.plain')));
        return {};
      }),
    ],
  });

  await project.run([makeTree, step('plain', { in: [] })]);

  assert.deepEqual(seen, [false]);
  assert.deepEqual(readdirSync(project.parts.home.workspaces), []);
});

test('the workspace of a failed step is kept and named until the next run of the project', async (t) => {
  const project = await makeTestProject(t, { kinds: [shellKind(), joinKind()] });
  const failing = step('fail', { kind: 'shell', settings: { run: 'echo evidence > left; exit 1' } });

  const first = await project.run([failing, makeTree], { keepGoing: true });
  const kept = String(recordOf(first, 'steps.fail').facts['workspace']);
  const files = await filesBelow(project.parts.home.workspaces);
  await project.run([step('plain')]);

  assert.equal(kept, join(project.parts.home.workspaces, first.id, 'steps.fail'));
  assert.deepEqual(files, [`${first.id}/steps.fail/left`]);
  assert.deepEqual(readdirSync(project.parts.home.workspaces), []);
});

test('what another project kept in the same home stays, and what belongs to no run goes', async (t) => {
  const project = await makeTestProject(t, { kinds: [shellKind(), joinKind()] });
  await project.run([step('fail', { kind: 'shell', settings: { run: 'exit 1' } })]);
  project.parts.state.database.exec("UPDATE run SET project = 'another'");
  project.write('../tidegate-home/workspaces/r-20200101-000000-abcd/steps.x/file', '');
  project.write('../tidegate-home/workspaces/strange/file', '');

  await project.run([step('plain')]);

  assert.equal(readdirSync(project.parts.home.workspaces).length, 1);
});

test('a file that changed between the start of the run and the step is noticed when it is placed', async (t) => {
  const project = await makeTestProject(t, {
    kinds: [
      joinKind([], async ({ node }) => {
        if (node.name === 'steps.first') writeFileSync(join(project.root, 'a.txt'), 'B');
        return {};
      }),
      shellKind(),
    ],
  });
  project.write('a.txt', 'A');
  const second = step('second', {
    kind: 'shell',
    in: ['a.txt', 'steps.first/out'],
    settings: { run: `echo A | tr -d "\\n" > "${project.root}/a.txt"; cp a.txt made/second.txt` },
  });

  const run = await project.run([step('first'), second]);

  assert.equal(recordOf(run, 'steps.second').key, null);
  assert.ok(project.events.some((event) => event.kind === 'input-changed-while-running' && event.path === 'a.txt'));
});

test('a file that went away between the start of the run and the step is noticed, too', async (t) => {
  const project = await makeTestProject(t, {
    kinds: [
      joinKind([], async ({ node }) => {
        if (node.name === 'steps.first') project.remove('a.txt');
        return {};
      }),
      shellKind(),
    ],
  });
  project.write('a.txt', 'A');

  const run = await project.run([
    step('first'),
    step('second', { kind: 'shell', in: ['a.txt', 'steps.first/out'], settings: { run: 'ls > made/second.txt' } }),
  ]);

  assert.deepEqual(outcomes(run), ['steps.first: done', 'steps.second: done']);
  assert.equal(recordOf(run, 'steps.second').key, null);
});

test('the mode of an executable file is part of the key', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  project.write('run.sh', 'x');
  const steps = [step('a', { in: ['run.sh'] })];
  await project.run(steps);
  chmodSync(join(project.root, 'run.sh'), 0o755);

  const run = await project.run(steps);

  assert.deepEqual(recordOf(run, 'steps.a').reasons, [{ kind: 'setting-changed', setting: 'executables', before: [], after: ['run.sh'] }]);
  assert.equal(statSync(join(project.root, 'run.sh')).mode & 0o111, 0o111);
});
