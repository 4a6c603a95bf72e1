import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { revisionOf } from './revision.ts';
import { makeTestProject } from './test-project.ts';

const yaml = `version: 1
project: houses
data: { houses: { from: { files: ["data/*.csv", more/**/*.csv] } } }
steps: { train: { run: python3 train.py, in: [data.houses], out: { model: model.py } } }
models: { price: { artifact: steps.train.model, evaluate: { on: data.houses, label: price, metrics: [rmse] } } }
monitors: { price: { quality: { labels: labels/*.csv, metric: rmse, margin: 1 } } }
`;

test('what the lock pins, what steps make and the labels of monitors are no uncommitted changes; everything else is', async (t) => {
  const made = makeTestProject(t, {
    'tidegate.yaml': yaml,
    'data/a.csv': '1',
    'model.py': '1',
    'train.py': '1',
    'old name.txt': 'same text',
  });
  using project = await made.open();
  const changed = async (): Promise<readonly string[]> => (await revisionOf(project)).changed;

  made.write({ 'data/a.csv': '2', 'data/b.csv': '1', 'more/deep/c.csv': '1', 'labels/d.csv': '1', 'model.py': '2', 'tidegate.lock': 'x' });
  const ownOnly = await revisionOf(project);
  made.write({ 'train.py': '2', 'data/notes.txt': '1', 'nä me\n.txt': '1' });
  execFileSync('git', ['mv', 'old name.txt', 'new name.txt'], { cwd: made.root });

  assert.deepEqual([ownOnly.dirty, ownOnly.changed], [false, []]);
  assert.deepEqual((await changed()).toSorted(), ['data/notes.txt', 'new name.txt', 'nä me\n.txt', 'train.py']);
});

test('branch, commit and subject are what Git says', async (t) => {
  const made = makeTestProject(t, { 'tidegate.yaml': yaml });
  const commit = made.commit('Two words');
  using project = await made.open();

  const { changed, ...revision } = await revisionOf(project);

  assert.deepEqual(changed, []);
  assert.deepEqual(revision, { commit, branch: 'main', subject: 'Two words', dirty: false });
});

test('what very many steps make is no uncommitted change either, in a project below the top of its repository', async (t) => {
  const made = makeTestProject(t, {
    'tidegate.yaml': yaml,
    'below/out/a b/1.txt': '1',
    'below/out/2.txt': '1',
    'below/out/other.txt': '1',
  });
  using project = await made.open();
  const { train } = project.config.steps;
  assert.ok(train !== undefined);
  const outputs = ['out/a b', 'out/2.txt', ...Array.from({ length: 1_000 }, (_, index) => `out/${index}.parquet`)];
  const steps = Object.fromEntries(outputs.map((path, index) => [`s${index}`, { ...train, out: { file: path } }]));

  made.write({
    'below/out/a b/1.txt': '2',
    'below/out/2.txt': '2',
    'below/out/other.txt': '2',
    'below/out/7.parquet': '1',
    'out/2.txt': '1',
  });
  const { changed } = await revisionOf({ root: join(made.root, 'below'), config: { ...project.config, steps } });

  assert.deepEqual(changed, ['below/out/other.txt']);
});
