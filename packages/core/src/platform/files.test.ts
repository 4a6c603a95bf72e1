import assert from 'node:assert/strict';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import {
  copyDurably,
  exists,
  filesBelow,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readTextIfThere,
  rm,
  symlink,
  temporaryBeside,
  tmpdir,
  writeFile,
  writeFileAtomically,
} from './files.ts';
import { digestOfBytes, digestOfFile } from './hash.ts';

async function folder(t: { after: (done: () => Promise<void>) => void }): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tidegate-files-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

test('an atomic write replaces the whole file and leaves nothing beside it', async (t) => {
  const root = await folder(t);

  await writeFileAtomically(join(root, 'a/b.txt'), 'first');
  await writeFileAtomically(join(root, 'a/b.txt'), 'second');

  assert.equal(await readFile(join(root, 'a/b.txt'), 'utf8'), 'second');
  assert.deepEqual(await readdir(join(root, 'a')), ['b.txt']);
});

test('an atomic write removes what a writer that was killed has left there', async (t) => {
  const root = await folder(t);
  await writeFile(join(root, '.tmp-999999999-00'), 'half');

  await writeFileAtomically(join(root, 'whole'), 'x');

  assert.deepEqual(await readdir(root), ['whole']);
});

test('an atomic write that fails leaves nothing behind', async (t) => {
  const root = await folder(t);
  await mkdir(join(root, 'taken'));

  await assert.rejects(writeFileAtomically(join(root, 'taken'), 'x'));

  assert.deepEqual(await readdir(root), ['taken']);
});

test('a temporary name stays short beside the longest name a file may have', () => {
  const path = temporaryBeside(join('/data', 'x'.repeat(255)));

  assert.equal(dirname(path), '/data');
  assert.ok(basename(path).length < 100);
});

test('files below a folder come by code unit, with their odd names as they are, links left out', async (t) => {
  const root = await folder(t);
  await mkdir(join(root, 'deep/er'), { recursive: true });
  const names = ['Z', 'a', 'back\\slash', 'deep/er/x', 'deep/-y', 'line\nbreak', 'ä', '日本'];
  for (const name of names) await writeFile(join(root, name), name);
  await symlink('/etc/hostname', join(root, 'link'));
  await symlink(root, join(root, 'deep/loop'));

  const found = await filesBelow(root);

  assert.deepEqual(found, names.toSorted());
});

test('files below a folder are the same whatever way the folder is written', async (t) => {
  const root = await folder(t);
  await mkdir(join(root, 'sub'));
  await writeFile(join(root, 'sub/x'), '');

  assert.deepEqual(await filesBelow(`${root}/`), ['sub/x']);
  assert.deepEqual(await filesBelow(`${root}/sub/..`), ['sub/x']);
});

test('a file that is not there has no text; a folder in its place is an error', async (t) => {
  const root = await folder(t);

  assert.equal(await readTextIfThere(join(root, 'none')), null);
  await assert.rejects(readTextIfThere(root), /EISDIR/);
});

test('the digest of a file is that of its bytes, and a durable copy has the same', async (t) => {
  const root = await folder(t);
  const bytes = Buffer.alloc(3_000_000, 'tide');
  await writeFile(join(root, 'a'), bytes);

  await copyDurably(join(root, 'a'), join(root, 'b'));

  assert.equal(await digestOfFile(join(root, 'b')), digestOfBytes(bytes));
  assert.equal(digestOfBytes(''), 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  assert.equal(await exists(join(root, 'c')), false);
});
