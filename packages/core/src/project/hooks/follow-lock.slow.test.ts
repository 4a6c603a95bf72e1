import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DatasetVersion, Digest } from '@tidegate/formats';
import type { Project } from '../project.ts';
import { makeTestProject } from '../test-project.ts';
import { followLock } from './follow-lock.ts';

const files = {
  'tidegate.yaml': 'version: 1\ndata: { houses: { from: { files: data/*.csv } } }\n',
  '.gitignore': 'data/\n',
  'train.py': 'mine',
};

/** Stores a version of houses with these files, as whoever can write to the remote and to the lock might. */
async function versionWith({ store }: Project, contents: { readonly [path: string]: string }): Promise<Digest> {
  const entries = await Promise.all(
    Object.keys(contents)
      .toSorted()
      .map(async (path) => ({ path, ...(await store.putBytes(contents[path] ?? '')) })),
  );
  const { digest: tree } = await store.putJson({ format: 'tidegate.tree/1', entries });
  const version: DatasetVersion = {
    format: 'tidegate.dataset-version/1',
    dataset: 'houses',
    tree,
    fileFormat: 'csv',
    rows: 1,
    bytes: 1,
    files: 1,
    columns: [],
    time: null,
    knownAt: {},
    profile: { format: 'tidegate.profile/1', rows: 1, columns: [] },
    contract: null,
    checks: [],
    verdict: 'pass',
  };
  return (await store.putJson(version)).digest;
}

test('a version places files where its dataset reads them and nowhere else, and none that Git tracks', async (t) => {
  const at = makeTestProject(t, files);
  at.write({ 'data/tracked.csv': 'in Git' });
  at.git('add', '--force', 'data/tracked.csv');
  using project = await at.open();
  const version = await versionWith(project, {
    'data/houses.csv': 'houses',
    'data/tracked.csv': 'theirs',
    'data/deep/other.csv': 'other',
    '.git/hooks/pre-commit': 'evil',
    'train.py': 'evil',
  });
  at.write({ 'tidegate.lock': `version: 1\ndata:\n  houses: ${version}\n` });

  const followed = await followLock(project, null);

  assert.deepEqual(followed, [{ dataset: 'houses', version, placed: 1, removed: 0, kept: [], absent: 0 }]);
  assert.equal(readFileSync(join(at.root, 'data/houses.csv'), 'utf8'), 'houses');
  assert.equal(readFileSync(join(at.root, 'data/tracked.csv'), 'utf8'), 'in Git');
  assert.equal(readFileSync(join(at.root, 'train.py'), 'utf8'), 'mine');
  for (const path of ['data/deep/other.csv', '.git/hooks/pre-commit']) assert.ok(!existsSync(join(at.root, path)), path);
  assert.deepEqual(await followLock(project, null), []);
});

test('files that a version no longer has go when they are as that version had them, and stay when somebody changed them', async (t) => {
  const at = makeTestProject(t, files);
  using project = await at.open();
  const before = await versionWith(project, { 'data/a.csv': 'a', 'data/b.csv': 'b', 'data/c.csv': 'c' });
  const after = await versionWith(project, { 'data/a.csv': 'a' });
  at.write({ 'tidegate.lock': `version: 1\ndata:\n  houses: ${before}\n`, 'data/b.csv': 'b', 'data/c.csv': 'changed' });
  const commit = at.commit('Before');
  at.write({ 'tidegate.lock': `version: 1\ndata:\n  houses: ${after}\n` });

  const followed = await followLock(project, commit);

  assert.deepEqual(followed, [{ dataset: 'houses', version: after, placed: 1, removed: 1, kept: [], absent: 0 }]);
  assert.deepEqual(
    ['a', 'b', 'c'].map((name) => existsSync(join(at.root, `data/${name}.csv`))),
    [true, false, true],
  );
});

test('a version that is not on this machine is said, and so is one of whose files some are not', async (t) => {
  const at = makeTestProject(t, files);
  using project = await at.open();
  const version = await versionWith(project, { 'data/a.csv': 'a', 'data/b.csv': 'b' });
  project.objects.remove((await project.store.putBytes('b')).digest);
  at.write({ 'tidegate.lock': `version: 1\ndata:\n  houses: ${version}\n` });

  const [some] = await followLock(project, null);
  at.write({ 'tidegate.lock': `version: 1\ndata:\n  houses: ${version.slice(0, -4)}0000\n` });
  const [none] = await followLock(project, null);

  assert.deepEqual([some?.placed, some?.absent, none?.absent], [1, 1, null]);
});
