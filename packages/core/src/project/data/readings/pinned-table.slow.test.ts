import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Event } from '@tidegate/formats';
import { pushData } from '../../remote/push-data.ts';
import { planProject } from '../../run/plan-project.ts';
import { runProject } from '../../run/run-project.ts';
import type { Project } from '../../project.ts';
import { complaints, makeTestProject, unattended } from '../../test-project.ts';
import { openProject } from '../../open-project.ts';

const yaml = (pattern: string): string => `version: 1
project: sales
data: { sales: { from: { files: ${pattern} }, table: { key: id } } }
steps: { copy: { run: cp tables/sales/part-000000.parquet all.parquet, in: [data.sales], out: { all: all.parquet } } }
`;
const wholeRun = { goal: 'gate', only: [], force: [], jobs: 1, again: false, ...unattended };

/** The clone with another pattern. */
async function withPattern({ root, platform, serving }: Project, remote: string, pattern: string): Promise<Project> {
  writeFileSync(join(root, 'tidegate.yaml'), yaml(pattern));
  return openProject({ root, platform, serving, remote });
}

test('a clone without the files of a table runs from the pinned version, says so, and gives the same; a slip in "from" stays a mistake', async (t) => {
  const { root, open, openClone, commit } = makeTestProject(t, {
    'tidegate.yaml': yaml('data/*.csv'),
    '.gitignore': 'data/\nall.parquet\n',
    'data/a.csv': 'id,amount\n1,10\n2,20\n',
  });
  using project = await open({ remote: true });
  const first = await runProject(project, { ...wholeRun, share: false });
  assert.equal(complaints(first), '');
  await pushData(project, []);
  commit('Pin the sales');
  using clone = await openClone();

  const plan = await planProject(clone, { only: [], signal: unattended.signal });
  const events: Event[] = [];
  const run = await runProject(clone, { ...wholeRun, emit: (event) => events.push(event) });

  assert.equal(complaints(run), '');
  assert.deepEqual(plan.pinnedInstead, ['sales']);
  assert.deepEqual(
    events.flatMap((event) => (event.kind === 'pinned-instead-of-files' ? [event.dataset] : [])),
    ['sales'],
  );
  assert.deepEqual(
    run.record.steps.map(({ step, outputs }) => [step, outputs]),
    first.record.steps.map(({ step, outputs }) => [step, outputs]),
  );
  assert.equal(run.lockMoved, false);

  using misspelt = await withPattern(clone, join(root, '../remote'), 'data/*.cvs');
  await assert.rejects(
    runProject(misspelt, wholeRun),
    /Cannot find the input "data\/\*\.cvs" of "data\.sales": no file of the project matches/,
  );
  using right = await withPattern(clone, join(root, '../remote'), 'data/*.csv');
  assert.deepEqual(
    (await runProject(right, wholeRun)).record.steps.map(({ status }) => status),
    ['hit', 'hit'],
  );
});

test('where nothing is pinned, and where nobody has noted what a version was made of, files that are not here are a mistake', async (t) => {
  const { open, openClone, commit, write, remove } = makeTestProject(t, {
    'tidegate.yaml': yaml('data/*.csv'),
    '.gitignore': 'data/\nall.parquet\n',
    'data/a.csv': 'id,amount\n1,10\n',
  });
  using project = await open({ remote: true });
  remove('data');
  const missing = /Cannot find the input "data\/\*\.csv" of "data\.sales"/;
  await assert.rejects(runProject(project, { ...wholeRun, share: false }), missing);
  write({ 'data/a.csv': 'id,amount\n1,10\n' });
  assert.equal(complaints(await runProject(project, { ...wholeRun, share: false })), '');
  commit('Pin, and push nothing');

  using clone = await openClone();

  await assert.rejects(runProject(clone, wholeRun), missing);
});
