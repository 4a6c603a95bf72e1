import assert from 'node:assert/strict';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Artifact } from '@tidegate/formats';
import { systemClock } from '../../platform/index.ts';
import { fileDigests } from '../../store/index.ts';
import { openPublishing } from './publish.ts';
import { damageObject, makeTestProject, type TestProject } from '../test-project.ts';

interface Place extends TestProject {
  readonly put: (path: string, artifact: Artifact) => Promise<void>;
  readonly file: (content: string) => Promise<Artifact>;
  readonly tree: (files: { readonly [path: string]: string }) => Promise<Artifact>;
  readonly content: (path: string) => string;
}

async function makePlace(t: TestContext): Promise<Place> {
  const project = await makeTestProject(t, { kinds: [] });
  const { store, state } = project.parts;
  let serial = 0;
  return {
    ...project,
    content: (path) => readFileSync(join(project.root, path), 'utf8'),
    put: async (path, artifact) => {
      const publishing = openPublishing({ store, state, digests: fileDigests(state, systemClock), root: project.root });
      await publishing.put([{ path, artifact }]);
      publishing.settle();
    },
    file: async (content) => ({ kind: 'file', ...(await store.putBytes(content)), files: 1 }),
    tree: async (files) => {
      const folder = `../tree-${serial++}`;
      for (const [path, content] of Object.entries(files)) project.write(`${folder}/${path}`, content);
      const { digest, bytes, tree } = await store.putTree(join(project.root, folder));
      return { kind: 'tree', digest, bytes, files: tree.entries.length };
    },
  };
}

test('a file appears with its bytes, replaces another one, and leaves nothing beside it', async (t) => {
  const place = await makePlace(t);

  await place.put('models/m.onnx', await place.file('first'));
  await place.put('models/m.onnx', await place.file('second'));

  assert.equal(place.content('models/m.onnx'), 'second');
  assert.deepEqual(readdirSync(join(place.root, 'models')), ['m.onnx']);
});

test('a file that has the right bytes is not touched', async (t) => {
  const place = await makePlace(t);
  const artifact = await place.file('same');
  await place.put('m', artifact);
  utimesSync(join(place.root, 'm'), 1_000, 1_000);
  const before = lstatSync(join(place.root, 'm'));

  await place.put('m', artifact);

  assert.equal(lstatSync(join(place.root, 'm')).ino, before.ino);
  assert.equal(lstatSync(join(place.root, 'm')).mtimeMs, 1_000_000);
});

test('a folder gets what is new and loses what an earlier run had put there, but nothing that is not ours', async (t) => {
  const place = await makePlace(t);
  await place.put('reports', await place.tree({ 'a.html': 'a', 'old.html': 'old', 'edited.html': 'e', 'deep/old.html': 'o' }));
  place.write('reports/notes.md', 'mine');
  place.write('reports/edited.html', 'edited by hand');

  await place.put('reports', await place.tree({ 'a.html': 'A', 'new.html': 'new' }));

  assert.equal(place.content('reports/a.html'), 'A');
  assert.deepEqual(readdirSync(join(place.root, 'reports')).toSorted(), ['a.html', 'deep', 'edited.html', 'new.html', 'notes.md']);
  assert.deepEqual(readdirSync(join(place.root, 'reports/deep')), []);
});

test('modes of the files of a folder come along', async (t) => {
  const place = await makePlace(t);
  place.write('../source/run.sh', 'x');
  const { digest, bytes } = await place.parts.store.putTree(join(place.root, '../source'));
  chmodSync(join(place.root, '../source/run.sh'), 0o755);
  const executable = await place.parts.store.putTree(join(place.root, '../source'));

  await place.put('tools', { kind: 'tree', digest, bytes, files: 1 });
  const plain = statSync(join(place.root, 'tools/run.sh')).mode & 0o777;
  await place.put('bin', { kind: 'tree', digest: executable.digest, bytes, files: 1 });

  assert.deepEqual([plain, statSync(join(place.root, 'bin/run.sh')).mode & 0o777], [0o644, 0o755]);
});

test('a folder where a file should be is refused and left alone', async (t) => {
  const place = await makePlace(t);
  place.write('m/precious', 'x');

  await assert.rejects(place.put('m', await place.file('new')), /TG-PIPELINE-PUBLISH: Cannot put "m" into the project: a folder is there/);

  assert.equal(place.content('m/precious'), 'x');
});

test('a file where a folder should be is refused and left alone', async (t) => {
  const place = await makePlace(t);
  place.write('models', 'a file');

  await assert.rejects(place.put('models/m', await place.file('new')), /TG-PIPELINE-PUBLISH.*a file is where its folder should be/);

  assert.equal(place.content('models'), 'a file');
});

test('a link to a folder outside never leads a write out of the project', async (t) => {
  const place = await makePlace(t);
  const outside = join(place.root, '../outside');
  mkdirSync(outside);
  symlinkSync(outside, join(place.root, 'models'));

  await assert.rejects(place.put('models/m', await place.file('new')), /TG-PIPELINE-PUBLISH.*outside of it/);

  assert.deepEqual(readdirSync(outside), []);
});

test('a link where a file should be is replaced, and what it led to stays', async (t) => {
  const place = await makePlace(t);
  place.write('../outside.txt', 'outside');
  symlinkSync('../outside.txt', join(place.root, 'm'));

  await place.put('m', await place.file('new'));

  assert.equal(place.content('m'), 'new');
  assert.ok(lstatSync(join(place.root, 'm')).isFile());
  assert.equal(place.content('../outside.txt'), 'outside');
});

test('what a killed run left half-written beside a file goes with the next write', async (t) => {
  const place = await makePlace(t);
  place.write('models/.tmp-999999999-abc', 'half');

  await place.put('models/m', await place.file('whole'));

  assert.equal(existsSync(join(place.root, 'models/.tmp-999999999-abc')), false);
});

test('a damaged object is not published', async (t) => {
  const place = await makePlace(t);
  const artifact = await place.file('good');
  damageObject(place, artifact.digest, 'evil');

  await assert.rejects(place.put('m', artifact), /TG-STORE-OBJECT-CORRUPT/);

  assert.deepEqual(readdirSync(place.root), []);
});
