import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Digest, Json, TreeEntry } from '@tidegate/formats';
import fc from 'fast-check';
import { digestOfBytes } from '../../../platform/index.ts';
import { buildTree } from './build-tree.ts';
import { editTree, type TreeEdits } from './edit-tree.ts';
import type { TreeReader } from './read-tree.ts';

const file = (path: string, content = path): TreeEntry => ({ path, digest: digestOfBytes(content), bytes: content.length });

/** The records of a tree, and how many of their bytes were read. */
function stored(files: readonly TreeEntry[]): { readonly digest: Digest; readonly reader: TreeReader; readonly read: Set<Digest> } {
  const { digest, records } = buildTree(files);
  const texts = new Map(records.map((record) => [record.digest, record.text]));
  const read = new Set<Digest>();
  const readJson = async (wanted: Digest): Promise<Json> => {
    read.add(wanted);
    return JSON.parse(texts.get(wanted) ?? assert.fail(wanted)) as Json;
  };
  return { digest, read, reader: { readJson } };
}

/** What a list of files is after the edits, in the plainest way. */
function editedList(files: readonly TreeEntry[], { remove, put }: TreeEdits): readonly TreeEntry[] {
  const isIn = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);
  const left = files.filter(({ path }) => !remove.some((folder) => isIn(path, folder)));
  const others = left.filter(({ path }) => !put.some((one) => isIn(path, one.path) || isIn(one.path, path)));
  return [...others, ...put];
}

test('an edited tree is the one that is built of all files, whatever is put, replaced and taken out', async () => {
  const sizes = fc.constantFrom(0, 3, 90, 97, 130, 400);
  const folders = fc.constantFrom('', 'a/', 'a/b/', 'c/');
  const spots = fc.array(fc.record({ folder: folders, at: fc.nat(420) }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(sizes, sizes, spots, spots, fc.boolean(), async (top, inner, out, into, isFolder) => {
      const files = [
        ...Array.from({ length: top }, (_, at) => file(`n${at}`)),
        ...Array.from({ length: inner }, (_, at) => file(`a/n${at}`)),
        ...Array.from({ length: 5 }, (_, at) => file(`a/b/n${at}`)),
      ];
      const { digest, reader } = stored(files);
      const put = new Map(into.map(({ folder, at }) => [`${folder}n${at}`, file(`${folder}n${at}`, 'new')]));
      const edits = { remove: [...out.map(({ folder, at }) => `${folder}n${at}`), ...(isFolder ? ['a/b'] : [])], put: [...put.values()] };

      const edited = await editTree(reader, digest, edits);

      const expected = editedList(files, edits);
      assert.equal(edited.digest, buildTree(expected).digest);
      assert.deepEqual([edited.files, edited.bytes], [expected.length, expected.reduce((sum, { bytes }) => sum + bytes, 0)]);
      const kept = new Set(expected.map(({ path, digest: content }) => `${path} ${content}`));
      const gone = files.filter(({ path, digest: content }) => !kept.has(`${path} ${content}`)).map(({ path }) => path);
      assert.deepEqual(edited.gone.map(({ path }) => path).toSorted(), gone.toSorted());
    }),
    { numRuns: 60 },
  );
});

test('a file put where a folder was, and a folder where a file was, take its place', async () => {
  const files = [file('a/x'), file('a/y'), file('b')];
  const { digest, reader } = stored(files);

  const { digest: edited, gone } = await editTree(reader, digest, { remove: [], put: [file('a'), file('b/z')] });

  assert.equal(edited, buildTree([file('a'), file('b/z')]).digest);
  assert.deepEqual(gone.map(({ path }) => path).toSorted(), ['a/x', 'a/y', 'b']);
  assert.deepEqual((await editTree(reader, digest, { remove: ['c', 'b/q'], put: [] })).absent, ['c', 'b/q']);
});

test('of a tree of thousands of files only the records on the way are read', async () => {
  const files = Array.from({ length: 6_000 }, (_, at) => file(`images/${at % 3}/${String(at).padStart(5, '0')}.png`));
  const { digest, reader, read } = stored(files);

  await editTree(reader, digest, { remove: ['images/1/00004.png'], put: [file('images/2/new.png')] });

  assert.ok(read.size <= 16, String(read.size)); // top, images; of the two folders their lists of buckets and a few buckets
});

test('tens of thousands of files go into one folder in about the time that it takes to list them', async () => {
  const { digest, reader } = stored([file('images/a')]);
  const put = Array.from({ length: 20_000 }, (_, at) => ({ ...file('images/a'), path: `images/new/${at}` }));
  const start = process.cpuUsage().user;

  const { files } = await editTree(reader, digest, { remove: [], put });

  assert.equal(files, 20_001);
  assert.ok(process.cpuUsage().user - start < 2_000_000);
});

test('a tree that is one list of all files is edited as well', async () => {
  const files = [file('a/x'), file('a/y'), file('b')];
  const reader: TreeReader = { readJson: async () => ({ format: 'tidegate.tree/1', entries: files.map((entry) => ({ ...entry })) }) };

  const edited = await editTree(reader, digestOfBytes('old'), { remove: ['a/x', 'c'], put: [file('b/z')] });

  const { digest, records } = buildTree([file('a/y'), file('b/z')]);
  assert.equal(edited.digest, digest);
  assert.deepEqual([edited.gone.map(({ path }) => path), edited.absent, edited.files], [['a/x', 'b'], ['c'], 2]);
  for (const record of records) assert.ok(edited.records.some((one) => one.digest === record.digest));
});
