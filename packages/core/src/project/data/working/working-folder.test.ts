import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { folderLooks } from '../../../store/index.ts';
import { projectNodes } from '../../nodes.ts';
import type { Project } from '../../project.ts';
import { makeTestProject, type TestProject } from '../../test-project.ts';
import { addDataset } from '../add-dataset.ts';
import { workingFiles } from './working-files.ts';
import { workingFolder } from './working-folder.ts';
import { workingTree } from './working-tree.ts';

const names = Array.from({ length: 40 }, (_, index) => `${index}.bin`);

/** A dataset of a folder with two folders of 40 files each, and one file beside them, all older than a tick of the clock. */
async function imagesProject(t: TestContext): Promise<TestProject> {
  const at = makeTestProject(t, {
    'tidegate.yaml': 'version: 1\nproject: images\ndata: { images: { from: { files: data/images } } }\n',
    'data/images/about.txt': 'about',
    ...Object.fromEntries(['a', 'b'].flatMap((folder) => names.map((name) => [`data/images/${folder}/${name}`, `${folder} ${name}`]))),
  });
  await setTimeout(30);
  return at;
}

/** Its digest by looking at folders, which is held against that by looking at each file; how many folders were known is `known`. */
async function digestOf(project: Project): Promise<string | null> {
  const quickly = await workingFolder(project, 'images', await projectNodes(project, {}));
  const slowly = workingTree(project.store, (await workingFiles(project, ['images'])).get('images') ?? []);
  if (quickly === null) return null;
  assert.deepEqual([quickly.digest, quickly.files, quickly.bytes], [slowly.digest, slowly.files, slowly.bytes]);
  return quickly.digest;
}

async function add(project: Project): Promise<void> {
  await addDataset(project, 'images', { dryRun: false, signal: new AbortController().signal, onProgress: () => {} });
}

test('a dataset of one folder is the same tree by its folders as by its files, whatever was done to it', async (t) => {
  const at = await imagesProject(t);
  using project = await at.open();
  const in_ = (path: string): string => join(at.root, 'data/images', path);
  await add(project);
  const first = await digestOf(project);
  assert.equal(folderLooks(project.state).in(in_('a')).get(in_('a'))?.files, 40);

  const edits: readonly [string, () => void][] = [
    ['a file of the same length and time', () => (writeFileSync(in_('a/7.bin'), 'A 7.bin'), utimesSync(in_('a/7.bin'), 1, 1))],
    ['a new file', () => writeFileSync(in_('b/new.bin'), 'new')],
    ['a renamed file', () => renameSync(in_('b/3.bin'), in_('b/three.bin'))],
    ['a file less', () => rmSync(in_('a/9.bin'))],
    ['a program', () => chmodSync(in_('a/1.bin'), 0o755)],
    [
      'two that changed places',
      () => (renameSync(in_('a/2.bin'), in_('x')), renameSync(in_('a/4.bin'), in_('a/2.bin')), renameSync(in_('x'), in_('a/4.bin'))),
    ],
    ['a folder in a folder', () => (mkdirSync(in_('a/in')), writeFileSync(in_('a/in/0.bin'), '0'))],
    ['an empty folder', () => mkdirSync(in_('empty'))],
    ['a folder less', () => rmSync(in_('b'), { recursive: true })],
  ];
  const seen = new Set([first]);
  for (const [what, edit] of edits) {
    edit();
    const now = await digestOf(project);
    assert.equal(await digestOf(project), now, what);
    assert.equal(seen.has(now), what === 'an empty folder', what);
    seen.add(now);
  }
});

test('a folder with a file so young that its next change may not show in its stat is not known', async (t) => {
  const at = await imagesProject(t);
  using project = await at.open();
  const lookAt = (folder: string): unknown =>
    folderLooks(project.state)
      .in(at.root)
      .get(join(at.root, 'data/images', folder));
  utimesSync(join(at.root, 'data/images/a/5.bin'), new Date(), new Date(Date.now() + 60_000));

  await add(project);
  await digestOf(project);

  assert.equal(lookAt('a'), undefined);
  assert.notEqual(lookAt('b'), undefined);
});

test('a folder is known only while the store has its record', async (t) => {
  const at = await imagesProject(t);
  using project = await at.open();
  await digestOf(project);
  assert.equal(folderLooks(project.state).in(at.root).size, 0);
  await add(project);
  await digestOf(project);
  const { folder } = folderLooks(project.state).in(at.root).get(join(at.root, 'data/images/a')) ?? {};
  assert.ok(folder !== undefined);
  project.objects.remove(folder);
  const { readJson } = (await workingFolder(project, 'images', await projectNodes(project, {}))) ?? {};
  assert.ok(await readJson?.(folder));
});

test('links and what steps make are left to a look at each file', async (t) => {
  const at = await imagesProject(t);
  using project = await at.open();
  assert.notEqual(await digestOf(project), null);
  symlinkSync('about.txt', join(at.root, 'data/images/link.txt'));
  assert.equal(await digestOf(project), null);
});
