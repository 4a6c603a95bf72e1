import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { digest } from '@tidegate/formats';
import { systemPlatform } from '../../platform/index.ts';
import { readLock } from '../../config/index.ts';
import { openProject } from '../open-project.ts';
import type { Project } from '../project.ts';
import { makeTestProject, unattended } from '../test-project.ts';
import { addedTree, noteAdded } from './added.ts';
import { addDataset } from './add-dataset.ts';
import { commitDataset } from './commit-dataset.ts';
import { datasetLog } from './dataset-log.ts';
import { pinVersion } from './pin-version.ts';

test('what is added while a version is made waits for the next one; a pin of a feature view of the same name is none of the dataset', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-commit-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const root = join(folder, 'project');
  mkdirSync(root);
  writeFileSync(join(root, 'tidegate.yaml'), 'version: 1\ndata: { notes: { from: { files: notes.txt }, format: files } }\n');
  writeFileSync(join(root, 'notes.txt'), 'one');
  const platform = { ...systemPlatform, variables: { PATH: process.env['PATH'], TIDEGATE_HOME: join(folder, 'home') } };
  using project = await openProject({ root, platform, serving: { argv: ['false'], version: '0' } });
  const { signal } = new AbortController();
  const tree = digest(`sha256:${'2'.repeat(64)}`);
  const emit = (): boolean => noteAdded(project, 'notes', { tree, files: 1, bytes: 1, onto: { version: tree, rows: 1 } });

  const { version } = await commitDataset(project, 'notes', { signal, onProgress: () => {}, emit });
  assert.notEqual(version, null);
  assert.equal(addedTree(project, 'notes')?.tree, tree);

  const git = (...words: readonly string[]): Buffer =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=a@b', ...words], { cwd: root });
  git('init', '-q');
  const lock = `version: 1\ndata:\n  notes: ${version}\n  other: ${tree}\nfeatures:\n  notes: sha256:${'3'.repeat(64)}\n`;
  writeFileSync(join(root, 'tidegate.lock'), lock);
  git('add', 'tidegate.lock');
  git('commit', '-qm', 'One');
  writeFileSync(join(root, 'tidegate.lock'), lock.replace('3333', '3334'));
  git('commit', '-qam', 'Two');
  const log = await datasetLog(project, 'notes');
  assert.deepEqual(
    log.map((one) => [one.digest, one.commit?.subject]),
    [[version, 'One']],
  );
});

test('files that are those of the pinned version are nothing new, until one of them changes', async (t) => {
  const at = makeTestProject(t, {
    'tidegate.yaml': 'version: 1\ndata: { notes: { from: { files: notes }, format: files } }\n',
    'notes/one.txt': 'one',
  });
  using project = await at.open();
  const options = { signal: new AbortController().signal, onProgress: () => {}, emit: () => {}, dryRun: false };
  const isNew = async (): Promise<boolean> => (await addDataset(project, 'notes', options)).isNew;
  assert.equal(await isNew(), true);
  assert.equal(await isNew(), false);
  await commitDataset(project, 'notes', options);

  assert.equal(await isNew(), false);
  at.write({ 'notes/one.txt': 'uno' });
  assert.equal(await isNew(), true);
});

test('a run moves no pin that somebody has moved since it began, and takes out none that came meanwhile', async (t) => {
  const at = makeTestProject(t, {
    'tidegate.yaml':
      'version: 1\ndata: { one: { from: { files: one.txt }, format: files }, two: { from: { files: two.txt }, format: files } }\n',
    'one.txt': 'one',
    'two.txt': 'two',
  });
  await at.run();
  const pins = async () => (await readLock(at.root)).data;
  const before = await pins();
  const [other, young] = [digest(`sha256:${'2'.repeat(64)}`), digest(`sha256:${'3'.repeat(64)}`)];
  at.write({ 'one.txt': 'uno' });
  using project = await at.open();
  const pinned: Promise<boolean>[] = [];
  const emit = (): void => {
    if (pinned.length === 0) pinned.push(pinVersion(project, 'two', other), pinVersion(project, 'young', young));
  };
  const { record } = await at.run({ emit });
  await Promise.all(pinned);

  const after = await pins();
  assert.equal(record.status, 'succeeded');
  assert.notEqual(after['one'], before['one']);
  assert.deepEqual([after['two'], after['young']], [other, young]);
});

test('a file that changes while it is added is read once more, and one that never stays as it is is refused', async (t) => {
  const at = makeTestProject(t, {
    'tidegate.yaml': 'version: 1\ndata: { notes: { from: { files: notes } } }\n',
    'notes/a.txt': 'a',
    'notes/b.txt': 'b',
  });
  using project = await at.open();
  const addWhile = (changes: number): { readonly added: ReturnType<typeof addDataset>; readonly done: () => number } => {
    let done = 0;
    const change = (): void => {
      if (done < changes) at.write({ 'notes/a.txt': `changed ${++done} times` });
    };
    const putFiles: Project['store']['putFiles'] = async (files) => {
      const isKnown = files.some(({ known }) => known !== undefined);
      if (isKnown) change(); // after its digest was found
      const found = await project.store.putFiles(files);
      if (!isKnown) change();
      return found;
    };
    const writing = { ...project, store: { ...project.store, putFiles } };
    return { added: addDataset(writing, 'notes', { ...unattended, dryRun: false, onProgress: () => {} }), done: () => done };
  };

  const some = addWhile(2);
  const { tree } = await some.added;
  assert.equal(some.done(), 2);
  const [a] = (await project.store.readTree(tree)).entries;
  assert.equal(Buffer.from(await project.store.readBytes(a?.digest ?? assert.fail())).toString(), 'changed 2 times');

  at.write({ 'notes/a.txt': 'at rest' });
  await assert.rejects(addWhile(1_000).added, /TG-STORE-FILE-CHANGED/);
  assert.equal(addedTree(project, 'notes')?.tree, tree, 'and nothing is noted');
});
