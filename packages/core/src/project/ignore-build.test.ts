import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { revisionOf } from './revision.ts';
import { complaints, makeTestProject } from './test-project.ts';
import { shop } from './test-shop.ts';

const onlyFeatures = { only: ['features.delivery'] };

test('what a run puts below build/ does not make the project dirty', async (t) => {
  const project = makeTestProject(t, { ...shop(), '.gitignore': 'model.py\n' });

  const run = await project.run(onlyFeatures);

  assert.equal(run.record.status, 'succeeded', complaints(run));
  using opened = await project.open();
  assert.equal((await revisionOf(opened)).dirty, false);
  assert.equal(readFileSync(join(project.root, 'build/.gitignore'), 'utf8'), '*\n');
});

test('a build folder with files in Git is left to Git', async (t) => {
  const project = makeTestProject(t, { ...shop(), '.gitignore': '', 'build/notes.txt': 'mine' });

  await project.run(onlyFeatures);

  const untracked = execFileSync('git', ['status', '--short', '--untracked-files=all'], { cwd: project.root, encoding: 'utf8' });
  assert.match(untracked, /build\/features\/delivery\/train\.parquet/);
});
