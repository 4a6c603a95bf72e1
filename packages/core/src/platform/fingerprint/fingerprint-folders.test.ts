import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openHashThreads } from '../hash-threads.ts';
import { fingerprintFolder } from './fingerprint-folder.ts';
import { fingerprintFolders } from './fingerprint-folders.ts';

/** Folders of 20 files each. */
function makeFolders(t: TestContext, count: number): readonly string[] {
  const root = mkdtempSync(join(tmpdir(), 'tidegate-prints-'));
  t.after(() => rmSync(root, { recursive: true }));
  return Array.from({ length: count }, (_, index) => {
    const folder = join(root, String(index));
    mkdirSync(folder);
    for (let file = 0; file < 20; file += 1) writeFileSync(join(folder, `${file}.bin`), `${index} ${file}`);
    return folder;
  });
}

test('folders with very many files are told by two threads as by one, each in its own place', async (t) => {
  const folders = makeFolders(t, 60);
  const threads = openHashThreads(2);

  const prints = await fingerprintFolders([...folders, '/no/such/folder'], 1_000_000, threads);

  assert.deepEqual(prints, [...folders.map(fingerprintFolder), null]);
  assert.equal(new Set(prints).size, 61);
  assert.equal(threads.count(), 1);
});

test('a few files start no thread', async (t) => {
  const folders = makeFolders(t, 2);
  const threads = openHashThreads(2);

  assert.deepEqual(await fingerprintFolders(folders, 40, threads), folders.map(fingerprintFolder));
  assert.equal(threads.count(), 0);
});

test('what a thread has taken and says nothing of is told all the same', async (t) => {
  const folders = makeFolders(t, 3);
  const fingerprint = async ({ next }: { readonly next: Int32Array }): Promise<readonly []> => {
    Atomics.add(next, 0, 2);
    return [];
  };

  const prints = await fingerprintFolders(folders, 1_000_000, { limit: 2, fingerprint });

  assert.deepEqual(prints, folders.map(fingerprintFolder));
});

test('the fingerprint of a folder changes with its files, and not with what other programs keep there', (t) => {
  const [folder = ''] = makeFolders(t, 1);
  const first = fingerprintFolder(folder);
  mkdirSync(join(folder, '__pycache__'));
  writeFileSync(join(folder, '.DS_Store'), '');
  assert.equal(fingerprintFolder(folder), first);

  utimesSync(join(folder, '7.bin'), 1, 1);
  assert.notEqual(fingerprintFolder(folder), first);
  symlinkSync('7.bin', join(folder, 'link'));
  assert.equal(fingerprintFolder(folder), null);
});
