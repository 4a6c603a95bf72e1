import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { DatasetVersion, Digest } from '@tidegate/formats';
import type { Project } from '../project.ts';
import { makeTestProject } from '../test-project.ts';
import { placePinned } from './place-pinned.ts';

const files = {
  'tidegate.yaml': 'version: 1\ndata: { houses: { from: { files: data/*.csv } }, streets: { from: { files: streets.csv } } }\n',
  'streets.csv': 'name\nHigh Street\n',
};

/** Stores a version of houses with these files, as whoever can write to the remote and to the lock might. */
async function versionWith({ store }: Project, paths: readonly string[]): Promise<Digest> {
  const entries = await Promise.all(paths.toSorted().map(async (path) => ({ path, ...(await store.putBytes(`bytes of ${path}`)) })));
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

const pin = (root: string, digest: Digest): void => writeFileSync(join(root, 'tidegate.lock'), `version: 1\ndata:\n  houses: ${digest}\n`);

test('the pinned version of a dataset without files is put into place, and only where its own patterns reach', async (t) => {
  const { root, open } = makeTestProject(t, files);
  using project = await open();
  const version = await versionWith(project, ['data/houses.csv', '.git/hooks/post-checkout', 'train.py', 'data/deep/other.csv']);
  pin(root, version);

  const placed = await placePinned(project);

  assert.deepEqual(placed, [{ dataset: 'houses', version, files: 1 }]);
  assert.equal(readFileSync(join(root, 'data/houses.csv'), 'utf8'), 'bytes of data/houses.csv');
  for (const path of ['.git/hooks/post-checkout', 'train.py', 'data/deep/other.csv']) assert.ok(!existsSync(join(root, path)), path);
});

test('files that are there count, whatever is pinned; a version that is nowhere, or none, is told', async (t) => {
  const { root, open } = makeTestProject(t, files);
  using project = await open();
  const version = await versionWith(project, ['data/houses.csv']);

  assert.deepEqual(await placePinned(project), [{ dataset: 'houses', version: null, files: null }]);
  pin(root, `${version.slice(0, -4)}0000` as Digest);
  assert.equal((await placePinned(project))[0]?.files, null);
  mkdirSync(join(root, 'data'));
  writeFileSync(join(root, 'data/mine.csv'), 'mine');
  assert.deepEqual(await placePinned(project), []);
  assert.ok(!existsSync(join(root, 'data/houses.csv')));
});
