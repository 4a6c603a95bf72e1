import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Digest, hexOf } from '@tidegate/formats';
import { digestOfBytes, runCommand } from '../../platform/index.ts';
import { folderObjectStore, longestSmall } from './folder-object-store.ts';
import { install, removeUnfinished } from './install.ts';
import { objectStoreConformance } from './object-store.conformance.ts';

objectStoreConformance('folder store', (folder) => folderObjectStore(folder));

/** Long enough for a file of its own. */
const tide = 'tide'.repeat(longestSmall / 2);
const tidf = `tidf${tide.slice(4)}`;

async function makeRoot(t: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-store-'));
  t.after(() => rm(root, { recursive: true, force: true }));
  return root;
}

const fileOf = (root: string, digest: Digest): string => join(root, hexOf(digest).slice(0, 2), hexOf(digest).slice(2));

async function damage(path: string, content: string): Promise<void> {
  await chmod(path, 0o644);
  await writeFile(path, content);
}

test('an object is one read-only file under the folder of its first two digits, and nothing is left beside it', async (t) => {
  const root = await makeRoot(t);
  const { digest } = await folderObjectStore(root).putBytes(tide);

  const path = fileOf(root, digest);

  assert.equal(await readFile(path, 'utf8'), tide);
  assert.equal((await stat(path)).mode & 0o777, 0o444);
  assert.deepEqual((await readdir(root)).toSorted(), [hexOf(digest).slice(0, 2), 'incoming'].toSorted());
  assert.deepEqual(await readdir(join(root, 'incoming')), []);
});

test('one flipped byte is found on reading, set aside, and made good by the next put (hostile 2)', async (t) => {
  const root = await makeRoot(t);
  const store = folderObjectStore(root);
  for (const read of [
    (digest: Digest) => store.readBytes(digest),
    (digest: Digest) => store.pathOf(digest),
    (digest: Digest) => store.checkOut(digest, join(root, 'copy')),
    (digest: Digest) => store.checkOut(digest, join(root, 'copy'), { as: 'shared' }),
  ]) {
    const { digest } = await store.putBytes(tide);
    await damage(fileOf(root, digest), tidf);

    await assert.rejects(read(digest), /TG-STORE-OBJECT-CORRUPT/);

    assert.equal(await store.has(digest), false);
    assert.equal(await readFile(`${fileOf(root, digest)}.corrupt`, 'utf8'), tidf);
    assert.equal(Buffer.from(await store.readBytes((await store.putBytes(tide)).digest)).toString(), tide);
  }
  await assert.rejects(stat(join(root, 'copy')), /ENOENT/);
});

test('a truncated or empty object counts as missing, and putting it again makes it whole', async (t) => {
  const root = await makeRoot(t);
  const store = folderObjectStore(root);
  await writeFile(join(root, 'source'), tide);
  for (const put of [() => store.putBytes(tide), () => store.putFile(join(root, 'source'))]) {
    const object = await put();
    await chmod(fileOf(root, object.digest), 0o644);
    await truncate(fileOf(root, object.digest), 0);

    assert.deepEqual(await store.missing([object]), [object.digest]);
    await put();

    assert.deepEqual(await store.missing([object]), []);
    assert.equal(Buffer.from(await store.readBytes(object.digest)).toString(), tide);
  }
});

test('a file known by its digest is stored again when the object there is damaged', async (t) => {
  const root = await makeRoot(t);
  const store = folderObjectStore(root);
  await writeFile(join(root, 'source'), tide);
  const { digest } = await store.putBytes(tide);
  await damage(fileOf(root, digest), 'ti');

  await store.putFile(join(root, 'source'), digest);

  assert.equal(Buffer.from(await store.readBytes(digest)).toString(), tide);
});

test('a file whose path was handed out is looked at again when its stat has changed', async (t) => {
  const root = await makeRoot(t);
  const store = folderObjectStore(root);
  const { digest } = await store.putBytes(tide);
  const path = await store.pathOf(digest);
  assert.equal(await store.pathOf(digest), path);

  await damage(path, tidf);

  await assert.rejects(store.pathOf(digest), /TG-STORE-OBJECT-CORRUPT/);
  assert.equal(await store.has(digest), false);
});

test('a file that was given away is checked out as it is, and looked at again when its stat has changed', async (t) => {
  const root = await makeRoot(t);
  const store = folderObjectStore(root);
  await writeFile(join(root, 'source'), tide);
  const { digest } = await store.takeFile(join(root, 'source'), digestOfBytes(tide));
  await store.checkOut(digest, join(root, 'copy'));
  assert.equal(await readFile(join(root, 'copy'), 'utf8'), tide);

  await damage(fileOf(root, digest), tidf);

  await assert.rejects(store.checkOut(digest, join(root, 'copy')), /TG-STORE-OBJECT-CORRUPT/);
  await assert.rejects(stat(join(root, 'copy')), /ENOENT/);
  assert.equal(await store.has(digest), false);
});

test('a large object in a sealed place is a reflink or the file itself, however often it was linked before, checked before it is handed out', async (t) => {
  const root = await makeRoot(t);
  const store = folderObjectStore(root);
  const { digest } = await store.putBytes(Buffer.alloc(1 << 20, 'tide'));

  for (const copy of ['one', 'two']) await store.checkOut(digest, join(root, copy), { as: 'sealed' });
  const [object, one] = [await stat(fileOf(root, digest)), await stat(join(root, 'one'))];
  await damage(fileOf(root, digest), `tidf${'tide'.repeat((1 << 18) - 1)}`);

  assert.equal(one.ino === object.ino, (one.mode & 0o222) === 0);
  await assert.rejects(store.checkOut(digest, join(root, 'three'), { as: 'sealed' }), /TG-STORE-OBJECT-CORRUPT/);
});

test('a large object that is shared is the same file under a second name, checked before it is handed out', async (t) => {
  const root = await makeRoot(t);
  const store = folderObjectStore(root);
  const { digest } = await store.putBytes(tide);

  await store.checkOut(digest, join(root, 'there/shared'), { as: 'shared' });

  assert.equal((await stat(join(root, 'there/shared'))).ino, (await stat(fileOf(root, digest))).ino);
});

test('what a killed writer left is removed, what a living one writes is not', async (t) => {
  const root = await makeRoot(t);
  await mkdir(join(root, 'incoming'));
  const names = { dead: '.tmp-999999999-00', living: `.tmp-${process.pid}-00`, old: `.tmp-${process.pid}-01` };
  for (const name of Object.values(names)) await writeFile(join(root, 'incoming', name), '');
  await utimes(join(root, 'incoming', names.old), 1, 1);

  await removeUnfinished(root);

  assert.deepEqual(await readdir(join(root, 'incoming')), [names.living]);
});

test('removing unfinished objects of a store that was never used does nothing', async (t) => {
  await removeUnfinished(join(await makeRoot(t), 'never'));
});

test('many processes put the same objects at once and each object is whole', async (t) => {
  const root = await makeRoot(t);
  const script = `
    import { folderObjectStore } from ${JSON.stringify(import.meta.resolve('./folder-object-store.ts'))};
    const store = folderObjectStore(${JSON.stringify(root)});
    for (let index = 0; index < 20; index++) await store.putBytes('object '.repeat(3_000) + index);`;

  const ends = await Promise.all(
    Array.from({ length: 3 }, () =>
      runCommand([process.execPath, '--input-type=module', '-e', script], {
        cwd: root,
        variables: {},
        onText: (_, line) => t.diagnostic(line),
        signal: t.signal,
        timeoutMs: 60_000,
      }),
    ),
  );

  assert.deepEqual(
    ends.map((end) => end.code),
    [0, 0, 0],
  );
  const store = folderObjectStore(root);
  for (let index = 0; index < 20; index++) {
    const { digest } = await store.putBytes(`${'object '.repeat(3_000)}${index}`);
    assert.equal((await store.readBytes(digest)).length, 21_000 + String(index).length);
  }
  assert.deepEqual(await readdir(join(root, 'incoming')), []);
});

test('a store below a file is refused with the way out', async () => {
  await assert.rejects(folderObjectStore('/dev/null/objects').putBytes('x'), /TG-STORE-NOT-WRITABLE/);
});

test('a full disk is said with the way out', { skip: !existsSync('/dev/full') && 'this system has no /dev/full' }, async (t) => {
  const root = await makeRoot(t);
  const fill = async (): Promise<null> => {
    await writeFile('/dev/full', 'x');
    return null;
  };

  await assert.rejects(install(root, fill), /TG-STORE-DISK-FULL: .*no space is left there/);
});

test(
  'an error of the disk is tried again once, then said',
  { skip: !existsSync('/proc/self/mem') && 'this system has no /proc' },
  async (t) => {
    const root = await makeRoot(t);
    let tries = 0;
    const fill = async (): Promise<null> => {
      tries += 1;
      await readFile('/proc/self/mem'); // nothing is mapped at its beginning: EIO
      return null;
    };

    await assert.rejects(install(root, fill), /TG-STORE-DISK-FAULT: .*EIO/);

    assert.equal(tries, 2);
  },
);
