import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { type Digest, hexOf } from '@tidegate/formats';
import { digestOfBytes } from '../../platform/index.ts';
import { folderObjectStore, longestSmall } from './folder-object-store.ts';

async function makeRoot(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-small-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  return root;
}

const database = (root: string): string => join(root, 'small.sqlite');
const fileOf = (root: string, digest: Digest): string => join(root, hexOf(digest).slice(0, 2), hexOf(digest).slice(2));

/** Changes what is in the database, as a failing disk would. */
function damage(root: string, digest: Digest, sql: string): void {
  const opened = new DatabaseSync(database(root));
  opened.prepare(`UPDATE object SET bytes = ${sql} WHERE digest = ?`).run(Buffer.from(hexOf(digest), 'hex'));
  opened.close();
}

test('small objects lie in one database, larger ones are files', async (t) => {
  const root = await makeRoot(t);
  using store = folderObjectStore(root);

  await store.putBytes(Buffer.alloc(longestSmall, 'a'));
  const { digest } = await store.putBytes(Buffer.alloc(longestSmall + 1, 'a'));

  const folders = (await readdir(root)).filter((name) => !name.startsWith('small.sqlite'));
  assert.deepEqual(folders.toSorted(), [hexOf(digest).slice(0, 2), 'incoming'].toSorted());
  assert.equal((await stat(fileOf(root, digest))).size, longestSmall + 1);
});

test('reading a store that was never used makes no file', async (t) => {
  const root = await makeRoot(t);
  using store = folderObjectStore(join(root, 'never'));

  assert.equal(await store.has(digestOfBytes('x')), false);

  assert.deepEqual(await readdir(root), []);
});

test('a small object gets a read-only file of its own when somebody asks for its path', async (t) => {
  const root = await makeRoot(t);
  using store = folderObjectStore(root);
  const { digest } = await store.putBytes('tide');

  const path = await store.pathOf(digest);

  assert.equal(path, fileOf(root, digest));
  assert.equal(await readFile(path, 'utf8'), 'tide');
  assert.equal((await stat(path)).mode & 0o777, 0o444);
  assert.equal(await store.pathOf(digest), path);
});

test('a small object that an earlier version has stored as a file is there', async (t) => {
  const root = await makeRoot(t);
  const object = { digest: digestOfBytes('tide'), bytes: 4 };
  await mkdir(dirname(fileOf(root, object.digest)));
  await writeFile(fileOf(root, object.digest), 'tide', { mode: 0o444 });
  using store = folderObjectStore(root);

  await store.putBytes('tide');

  assert.deepEqual(await store.missing([object]), []);
  assert.equal(Buffer.from(await store.readBytes(object.digest)).toString(), 'tide');
  await store.checkOut(object.digest, join(root, 'copy'));
  assert.equal(await readFile(join(root, 'copy'), 'utf8'), 'tide');
  assert.equal(existsSync(database(root)), false);
});

test('many puts of one moment are one transaction', async (t) => {
  const root = await makeRoot(t);
  using store = folderObjectStore(root);
  await store.putBytes('first');
  const before = await stat(`${database(root)}-wal`);

  await Promise.all(Array.from({ length: 16 }, (_, index) => store.putBytes(`object ${index}`)));

  const pages = Math.ceil(((await stat(`${database(root)}-wal`)).size - before.size) / (8192 + 24));
  assert.ok(pages > 0 && pages < 16, `${pages} pages were written: each transaction writes at least one`);
});

test('a small object with a flipped byte is found on reading, set aside, and made good by the next put (hostile 2)', async (t) => {
  const root = await makeRoot(t);
  using store = folderObjectStore(root);
  const readers = [store.readBytes, store.pathOf, (digest: Digest) => store.checkOut(digest, join(root, 'copy'))];
  for (const [index, read] of readers.entries()) {
    const { digest } = await store.putBytes(`tide ${index}`);
    damage(root, digest, "CAST('tidf' || substr(bytes, 5) AS BLOB)");

    await assert.rejects(read(digest), /TG-STORE-OBJECT-CORRUPT/);

    assert.equal(await store.has(digest), false);
    assert.equal(await readFile(`${fileOf(root, digest)}.corrupt`, 'utf8'), `tidf ${index}`);
    await store.putBytes(`tide ${index}`);
    assert.equal(Buffer.from(await store.readBytes(digest)).toString(), `tide ${index}`);
  }
  assert.equal(existsSync(join(root, 'copy')), false);
});

test('a small object that is cut short or empty counts as missing, and putting it again makes it whole (hostile 2)', async (t) => {
  const root = await makeRoot(t);
  using store = folderObjectStore(root);
  for (const sql of ['substr(bytes, 1, 2)', "x''"]) {
    const object = await store.putBytes('tide');
    damage(root, object.digest, sql);

    assert.deepEqual(await store.missing([object]), [object.digest]);
    await store.putBytes('tide');

    assert.equal(Buffer.from(await store.readBytes(object.digest)).toString(), 'tide');
  }
});

test('what is put again is as young as what was put just now, so that nothing takes it out for its age', async (t) => {
  const root = await makeRoot(t);
  using store = folderObjectStore(root);
  const contents = ['small', 'large'.repeat(5_000)];
  const digests = contents.map((content) => digestOfBytes(content));
  const hourAgo = Date.now() - 3_600_000;
  for (const content of contents) await store.putBytes(content);
  const opened = new DatabaseSync(database(root));
  opened.exec('UPDATE object SET stored_at = stored_at - 7200');
  opened.close();
  await utimes(fileOf(root, digests[1] ?? assert.fail()), hourAgo / 1_000 - 60, hourAgo / 1_000 - 60);

  for (const content of contents) await store.putBytes(content);
  const removed = store.removeOlder(digests, () => hourAgo);
  const others = store.removeOlder(digests, () => Date.now() + 1_000);

  assert.deepEqual(removed, []);
  assert.deepEqual(
    others.map(({ place }) => place),
    ['database', 'file'],
  );
  assert.deepEqual([...store.entries()], []);
});

/** What may have become of a database file while nobody had it open. */
const harms: { readonly [what: string]: (path: string) => Promise<void> } = {
  'random bytes': (path) => writeFile(path, 'this is not a database, it only has its name, and it is longer than a header'.repeat(300)),
  'no bytes': (path) => writeFile(path, ''),
  'half of it': async (path) => {
    await using handle = await open(path, 'r+');
    await handle.truncate(Math.floor((await handle.stat()).size / 8192 / 2) * 8192);
  },
  'a page of zeros': async (path) => {
    await using handle = await open(path, 'r+');
    await handle.write(Buffer.alloc(8192), 0, 8192, 5 * 8192);
  },
};

for (const [what, harm] of Object.entries(harms))
  test(`a database of small objects that is ${what} heals by itself: what was in it is missing, or right (hostile 18)`, async (t) => {
    const root = await makeRoot(t);
    const contents = Array.from({ length: 40 }, (_, index) => `${index} `.repeat(1_000));
    {
      using before = folderObjectStore(root);
      for (const content of contents) await before.putBytes(content);
    }
    await harm(database(root));
    const aside: string[] = [];
    using store = folderObjectStore(root, { onSetAside: (path) => aside.push(path) });

    let kept = 0;
    for (const content of contents) {
      const digest = digestOfBytes(content);
      if (!(await store.has(digest))) continue;
      kept += 1;
      assert.equal(Buffer.from(await store.readBytes(digest)).toString(), content);
    }
    if (what === 'a page of zeros') assert.ok(kept > 20, `${kept} of ${contents.length} objects were taken over`);
    for (const content of contents) await store.putBytes(content);

    for (const content of contents) assert.equal(Buffer.from(await store.readBytes(digestOfBytes(content))).toString(), content);
    assert.equal(aside.length, what === 'no bytes' ? 0 : 1);
    for (const path of aside) assert.ok(existsSync(path), `${path} is kept`);
  });

test('a check finds damage that nobody has come upon yet, and takes over what can be read', async (t) => {
  const root = await makeRoot(t);
  {
    using before = folderObjectStore(root);
    for (let index = 0; index < 40; index++) await before.putBytes(`${index} `.repeat(1_000));
    assert.equal(before.check(), null);
  }
  await using handle = await open(database(root), 'r+');
  await handle.write(Buffer.alloc(8192), 0, 8192, 5 * 8192);
  const aside: string[] = [];
  using store = folderObjectStore(root, { onSetAside: (path) => aside.push(path) });

  assert.ok(store.check() !== null);

  assert.equal(aside.length, 1);
  assert.equal(store.check(), null);
  assert.ok([...store.entries()].length > 20);
});

test('a database of small objects of a newer version is refused with the way out', async (t) => {
  const root = await makeRoot(t);
  {
    using before = folderObjectStore(root);
    await before.putBytes('tide');
  }
  const opened = new DatabaseSync(database(root));
  opened.exec('PRAGMA user_version = 2');
  opened.close();
  using store = folderObjectStore(root);

  await assert.rejects(store.has(digestOfBytes('tide')), /TG-STORE-STATE-NEWER: Cannot open the store .*schema 2, this one knows 1/);
});
