import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderObjectStore } from '../objects/folder-object-store.ts';
import { age, bytesOf, damage, fileOf, length, makeStore, packsOf, putTwins } from './test-cold.ts';

test('an object in pieces is listed, has its length, and is put again without being written', async (t) => {
  const rig = makeStore(t);
  const { digests, contents } = await putTwins(rig);
  const [first] = digests;
  assert.ok(first !== undefined);

  await rig.store.freeze([first]);
  await rig.store.putBytes(contents[0] ?? '');

  assert.equal(existsSync(fileOf(rig, first)), false);
  assert.deepEqual(
    [...rig.store.entries()].filter(({ digest }) => digest === first).map(({ bytes, place }) => [bytes, place]),
    [[length, 'pack']],
  );
  assert.deepEqual(await rig.store.missing([{ digest: first, bytes: length + 1 }]), [first]);
  assert.equal(await rig.store.verify(first), 'sound');
});

test('a record is left whole, so that what it leads to is still found', async (t) => {
  const { store } = makeStore(t);
  const { digest } = await store.putBytes(`{"format":"tidegate.tree/1","entries":[${'"",'.repeat(500_000)}""]}`);

  const frozen = await store.freeze([digest]);

  assert.deepEqual(frozen, { objects: [], bytes: 0 });
});

test('pieces that nothing needs are collected, and what is needed of a pack that is mostly garbage moves', async (t) => {
  const rig = makeStore(t);
  const { digests, contents } = await putTwins(rig);
  const [first, second] = digests;
  const { digest: other } = await rig.store.putBytes(randomBytes(length * 2));
  assert.ok(first !== undefined && second !== undefined);
  await rig.store.freeze([first, second, other]);
  rig.store.remove(first);
  rig.store.remove(other);

  assert.deepEqual(await rig.store.collectPacks(), { packs: 0, bytes: 0 }); // as long as they are young
  age(packsOf(rig));
  const collected = await rig.store.collectPacks();

  assert.equal(collected.packs, 1);
  assert.ok(collected.bytes > length * 1.9);
  assert.ok(bytesOf(packsOf(rig)) < length * 1.1);
  assert.ok(Buffer.from(await rig.store.readBytes(second)).equals(contents[1] ?? Buffer.of()));
  rig.store.remove(second);
  age(packsOf(rig));
  await rig.store.collectPacks();
  assert.deepEqual(packsOf(rig), []);
});

test('a lost or damaged index is made again from the packs', async (t) => {
  const rig = makeStore(t);
  const { digests } = await putTwins(rig);
  const [first, second] = digests;
  assert.ok(first !== undefined && second !== undefined);
  await rig.store.freeze(digests);
  rig.store[Symbol.dispose]();
  const index = join(rig.root, 'packs/index.sqlite');

  for (const content of [null, 'no database at all, and longer than a header of SQLite is: '.repeat(100)]) {
    for (const ending of ['', '-wal', '-shm']) rmSync(`${index}${ending}`, { force: true });
    if (content !== null) writeFileSync(index, content);
    const again = folderObjectStore(rig.root);
    t.after(() => again[Symbol.dispose]());

    assert.equal(await again.verify(content === null ? first : second), 'sound');
  }
});

test('an object stays whole when a piece that it has in common with another one turns out to be damaged', async (t) => {
  const rig = makeStore(t);
  const { digests } = await putTwins(rig);
  const [first, second] = digests;
  assert.ok(first !== undefined && second !== undefined);
  await rig.store.freeze([first]);
  damage(packsOf(rig));

  const frozen = [await rig.store.freeze([second]), await rig.store.freeze([second])];

  assert.deepEqual(
    frozen.map(({ objects }) => objects),
    [[], [second]],
  );
  assert.equal(await rig.store.verify(second), 'sound');
});

test('an object whose file is damaged stays as it is', async (t) => {
  const rig = makeStore(t);
  const { digests } = await putTwins(rig);
  const [first] = digests;
  assert.ok(first !== undefined);
  const path = fileOf(rig, first);
  writeFileSync(`${path}.new`, randomBytes(length));
  renameSync(`${path}.new`, path);

  const frozen = await rig.store.freeze([first]);

  assert.deepEqual(frozen.objects, []);
  assert.ok(existsSync(path));
});
