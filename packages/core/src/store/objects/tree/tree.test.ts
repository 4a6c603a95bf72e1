import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalJson, compareCodeUnits, type Digest, type ErrorCode, type Json, TidegateError, type TreeEntry } from '@tidegate/formats';
import fc from 'fast-check';
import { digestOfBytes } from '../../../platform/index.ts';
import { buildTree } from './build-tree.ts';
import { compareTrees } from './compare-trees.ts';
import { listFolder } from './list-folder.ts';
import { readWholeTree, type TreeReader } from './read-tree.ts';
import { endOfLink } from './tree-path.ts';

/** Records by digest, and which of them were read. */
function memory(): TreeReader & {
  readonly put: (files: readonly TreeEntry[]) => Digest;
  readonly putJson: (value: Json) => Digest;
  reads: number;
} {
  const records = new Map<Digest, string>();
  const reader = {
    reads: 0,
    put: (files: readonly TreeEntry[]): Digest => {
      const { digest, records: built } = buildTree(files);
      for (const record of built) records.set(record.digest, record.text);
      return digest;
    },
    putJson: (value: Json): Digest => {
      const text = canonicalJson(value);
      records.set(digestOfBytes(text), text);
      return digestOfBytes(text);
    },
    readJson: (digest: Digest): Promise<Json> => {
      reader.reads += 1;
      return Promise.resolve(JSON.parse(records.get(digest) ?? 'null') as Json);
    },
  };
  return reader;
}

const file = (path: string, content = path): TreeEntry => ({ path, digest: digestOfBytes(content), bytes: content.length });
const many = Array.from({ length: 3_000 }, (_, index) => file(`images/${index % 3}/${String(index).padStart(5, '0')}.png`));

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
  .filter((text) => !/[/\0]/.test(text) && text !== '.' && text !== '..');
const paths = fc
  .uniqueArray(
    fc.array(fc.oneof(name, fc.constantFrom('a', 'a-', 'a!', 'b')), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
    { maxLength: 200 },
  )
  .map((all) => all.filter((path) => !all.some((other) => other.startsWith(`${path}/`))));

test('any files come back as they were put, in the order of their paths, and every record is canonical JSON', async () => {
  await fc.assert(
    fc.asyncProperty(paths, async (all) => {
      const store = memory();
      const files = all.map((path) => file(path));

      const { records } = buildTree(files);
      const tree = await readWholeTree(store, store.put(files));

      assert.deepEqual(
        tree.entries,
        files.toSorted((a, b) => compareCodeUnits(a.path, b.path)),
      );
      for (const { text } of records) assert.equal(canonicalJson(JSON.parse(text)), text);
    }),
    { numRuns: 60 },
  );
});

test('what two trees differ in is found, whatever they have in common', async () => {
  const changed = fc.record({ before: paths, more: paths, edits: fc.nat(5) });
  await fc.assert(
    fc.asyncProperty(changed, async ({ before, more, edits }) => {
      const store = memory();
      const kept = before.filter((_, index) => index % 7 !== 6);
      const added = more.filter(
        (path) => !kept.some((other) => other === path || other.startsWith(`${path}/`) || path.startsWith(`${other}/`)),
      );
      const after = [...kept.map((path, index) => file(path, index < edits ? `edited ${path}` : path)), ...added.map((path) => file(path))];

      const found = await compareTrees(store, store.put(before.map((path) => file(path))), store.put(after));

      const olds = new Map(before.map((path) => [path, file(path)]));
      const news = new Map(after.map((entry) => [entry.path, entry]));
      const expected = [...new Set([...olds.keys(), ...news.keys()])].filter((path) => olds.get(path)?.digest !== news.get(path)?.digest);
      assert.deepEqual(
        found.map(({ path }) => path),
        expected.toSorted(compareCodeUnits),
      );
      for (const { path, before: old, after: now } of found) assert.deepEqual([old, now], [olds.get(path) ?? null, news.get(path) ?? null]);
    }),
    { numRuns: 60 },
  );
});

test('one changed file of thousands makes few records anew, and its difference is found by reading few', async () => {
  const store = memory();
  const before = buildTree(many);
  const edited = many.map((entry) => (entry.path === 'images/1/01000.png' ? file(entry.path, 'edited') : entry));

  const known = new Set(before.records.map(({ digest }) => digest));
  const fresh = buildTree(edited).records.filter(({ digest }) => !known.has(digest));
  const [old, now] = [store.put(many), store.put(edited)];
  const found = await compareTrees(store, old, now);

  assert.equal(fresh.length, 4); // bucket, folder, images, top
  assert.ok(fresh.reduce((sum, { text }) => sum + text.length, 0) < 20_000);
  assert.deepEqual(
    found.map(({ path }) => path),
    ['images/1/01000.png'],
  );
  assert.ok(store.reads < 25, String(store.reads));
});

test('a folder with very many files is cut again and again, and comes back whole', async () => {
  const store = memory();
  const files = Array.from({ length: 20_000 }, (_, index) => file(`n${index}`, 'same'));

  const digest = store.put(files);
  const top = await store.readJson(digest);

  assert.ok(JSON.stringify(top).length < 20_000);
  assert.deepEqual(
    (await readWholeTree(store, digest)).entries,
    files.toSorted((a, b) => compareCodeUnits(a.path, b.path)),
  );
});

test('a folder is listed with what is in its folders, and without reading those', async () => {
  const store = memory();
  const digest = store.put([...many, file('images/readme.md'), file('other.txt')]);
  store.reads = 0;

  const listing = await listFolder(store, digest, 'images');

  assert.deepEqual(listing?.files, [file('images/readme.md')]);
  assert.deepEqual(
    listing?.folders.map(({ path, files }) => [path, files]),
    ['0', '1', '2'].map((folder) => [`images/${folder}`, 1_000]),
  );
  assert.ok(store.reads <= 3, String(store.reads));
  assert.equal(await listFolder(store, digest, 'sounds'), null);
});

test('trees of the earlier format are read, listed and compared with those of this one', async () => {
  const store = memory();
  const flat = store.putJson({ format: 'tidegate.tree/1', entries: [file('a/b'), file('c')].map((entry) => ({ ...entry })) });

  assert.deepEqual((await readWholeTree(store, flat)).entries, [file('a/b'), file('c')]);
  assert.deepEqual((await listFolder(store, flat, ''))?.folders, [{ path: 'a', files: 1, bytes: 3 }]);
  assert.deepEqual(await compareTrees(store, flat, store.put([file('a/b'), file('c', 'other')])), [
    { path: 'c', before: file('c'), after: file('c', 'other') },
  ]);
});

test('a link that leads to no file of the tree is refused, and so is one whose bytes are not those of its end', async () => {
  const store = memory();
  const link = (to: string, content: string): Digest => store.put([file('data/a'), { ...file('data/latest', content), link: to }]);

  assert.equal((await readWholeTree(store, link('a', 'data/a'))).entries[1]?.link, 'a');
  for (const [to, content] of [
    ['../../etc/passwd', 'data/a'],
    ['/data/a', 'data/a'],
    ['b', 'data/a'],
    ['a', 'other'],
    ['..', 'data/a'],
  ] as const)
    await refused(readWholeTree(store, link(to, content)), 'TG-STORE-TREE');
});

test('where a link leads is told by its path alone', () => {
  assert.deepEqual(
    [
      ['a/b', 'c'],
      ['a/b', '../c'],
      ['a/b', '../../c'],
      ['b', './/c/./d'],
      ['b', ''],
      ['b', '/c'],
      ['a/b', '..'],
    ].map(([path = '', link = '']) => endOfLink(path, link)),
    ['a/c', 'c', null, 'c/d', null, null, null],
  );
});

test('a record that breaks the rules is refused, whoever made it', async () => {
  const store = memory();
  const { digest, bytes } = file('x');
  const leaf = { bytes, digest, name: 'a' };
  const inner = store.putJson({ format: 'tidegate.tree/2', entries: [leaf] });
  const folder = { bytes, files: 1, folder: inner, name: 'a' };
  const bucket = { bytes, files: 1, first: 'a', node: inner };
  const records: readonly Json[] = [
    { format: 'tidegate.tree/2' },
    { format: 'tidegate.tree/2', entries: [], buckets: [] },
    { format: 'tidegate.tree/2', buckets: [] },
    { format: 'tidegate.tree/2', entries: [{ ...leaf, name: '..' }] },
    { format: 'tidegate.tree/2', entries: [{ ...leaf, name: 'a/b' }] },
    { format: 'tidegate.tree/2', entries: [{ ...leaf, name: '' }] },
    { format: 'tidegate.tree/2', entries: [{ ...leaf, digest: 'sha256:00' }] },
    { format: 'tidegate.tree/2', entries: [{ ...leaf, bytes: -1 }] },
    { format: 'tidegate.tree/2', entries: [{ ...leaf, executable: 'yes' }] },
    { format: 'tidegate.tree/2', entries: [{ ...leaf, link: 1 }] },
    { format: 'tidegate.tree/2', entries: [leaf, leaf] },
    { format: 'tidegate.tree/2', entries: [{ ...leaf, name: 'b' }, leaf] },
    { format: 'tidegate.tree/2', entries: [leaf, folder] },
    { format: 'tidegate.tree/2', entries: [{ ...folder, files: -1 }] },
    { format: 'tidegate.tree/2', entries: [{ ...folder, folder: digest }] },
    { format: 'tidegate.tree/2', buckets: [bucket, { ...bucket, first: 'b' }] },
    { format: 'tidegate.tree/2', buckets: [{ ...bucket, node: digest }] },
  ];

  for (const record of records) await refused(readWholeTree(store, store.putJson(record)), 'TG-STORE-TREE');
});

async function refused(work: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof TidegateError, String(error));
    assert.equal(error.diagnostics[0].code, code);
    return true;
  });
}
