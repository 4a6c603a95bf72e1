import assert from 'node:assert/strict';
import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test, type TestContext } from 'node:test';
import type { Digest } from '@tidegate/formats';
import { folderObjectStore, type ObjectStore } from '../../store/index.ts';
import { mergeData } from './merge-data.ts';

function testStore(t: TestContext): ObjectStore {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-merge-'));
  const store = folderObjectStore(join(folder, 'objects'));
  t.after(() => {
    store[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });
  return store;
}

/** A text is a file; one that begins with `-> ` is a link to a file with the bytes that come after a space. */
async function treeOf(store: ObjectStore, files: { readonly [path: string]: string }): Promise<Digest> {
  const entries = await Promise.all(
    Object.entries(files).map(async ([path, text]) => {
      const [, link, bytes] = /^-> (\S+) (.*)$/.exec(text) ?? [];
      return { path, ...(await store.putBytes(bytes ?? text)), ...(link !== undefined && { link }) };
    }),
  );
  return (await store.putEntries(entries)).digest;
}

const rest = { dataset: 't', prefer: null, signal: new AbortController().signal };

test('trees merge path by path, and a link follows the file that the other side changed', async (t) => {
  const store = testStore(t);
  const base = await treeOf(store, { 'a/same': '1', 'a/ours': '1', 'a/theirs': '1', 'a/gone': '1', 'b/gone': '1' });
  const ours = await treeOf(store, { 'a/same': '1', 'a/ours': '2', 'a/theirs': '1', 'b/gone': '1', 'a/both': 'n', link: '-> a/theirs 1' });
  const theirs = await treeOf(store, { 'a/same': '1', 'a/ours': '1', 'a/theirs': '3', 'a/gone': '1', 'a/both': 'n', 'c/new': '1' });

  const merged = await mergeData({ ...rest, store, base, ours, theirs });

  const wanted = { 'a/same': '1', 'a/ours': '2', 'a/theirs': '3', 'a/both': 'n', 'c/new': '1', link: '-> a/theirs 3' };
  assert.deepEqual(merged, { kind: 'merged', tree: await treeOf(store, wanted) });
});

test('a path that both sides changed, a file where the other side has a folder, and a link whose file is gone are conflicts', async (t) => {
  const store = testStore(t);
  const base = await treeOf(store, { a: '1', b: '1', c: '1' });
  const ours = await treeOf(store, { a: '2', c: '1', d: 'file' });
  const theirs = await treeOf(store, { a: '3', b: '2', c: '1', 'd/e': 'below' });

  const merge = (
    sides: { readonly ours: Digest; readonly theirs: Digest },
    prefer: 'ours' | 'theirs' | null = null,
  ): ReturnType<typeof mergeData> => mergeData({ ...rest, store, base, ...sides, prefer });

  assert.deepEqual(await merge({ ours, theirs }), {
    kind: 'conflict',
    count: 2,
    conflicts: [
      { kind: 'file', path: 'a', ours: 'changed', theirs: 'changed' },
      { kind: 'file', path: 'b', ours: 'removed', theirs: 'changed' },
    ],
  });
  assert.deepEqual(await merge({ ours, theirs }, 'theirs'), {
    kind: 'conflict',
    count: 1,
    conflicts: [{ kind: 'path', path: 'd', problem: 'file and folder' }],
  });
  const linked = await treeOf(store, { a: '1', b: '1', c: '1', link: '-> c 1' });
  assert.deepEqual(await merge({ ours: linked, theirs: await treeOf(store, { a: '1', b: '1' }) }), {
    kind: 'conflict',
    count: 1,
    conflicts: [{ kind: 'path', path: 'link', problem: 'link to nothing' }],
  });
});
