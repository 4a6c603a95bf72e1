import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { bytesOf, damage, fileOf, length, makeStore, packsOf, putTwins } from './test-cold.ts';

test('two objects that are alike take little more than one, and each comes back byte for byte however it is read', async (t) => {
  const rig = makeStore(t);
  const { digests, contents } = await putTwins(rig);
  const [first, second] = digests;
  assert.ok(first !== undefined && second !== undefined);

  const frozen = await rig.store.freeze(digests);

  assert.deepEqual(frozen.objects, digests);
  assert.ok(digests.every((digest) => !existsSync(fileOf(rig, digest))));
  assert.ok(bytesOf(packsOf(rig)) < length + 400_000);
  assert.deepEqual(await rig.store.missing(digests.map((digest) => ({ digest, bytes: null }))), []);
  assert.ok(readFileSync(await rig.store.pathOf(first)).equals(contents[0] ?? Buffer.of()));
  assert.ok(Buffer.from(await rig.store.readBytes(second)).equals(contents[1] ?? Buffer.of()));
  await rig.store.freeze([second]);
  await rig.store.checkOut(second, join(rig.root, '../out'));
  assert.ok(readFileSync(join(rig.root, '../out')).equals(contents[1] ?? Buffer.of()));
});

test('a damaged pack makes its objects count as damaged, sets aside what says how to make them, and they can be put again', async (t) => {
  const rig = makeStore(t);
  const { digests, contents } = await putTwins(rig);
  const [first, second] = digests;
  assert.ok(first !== undefined && second !== undefined);
  await rig.store.freeze(digests);
  damage(packsOf(rig));

  await assert.rejects(rig.store.pathOf(first), /TG-STORE-OBJECT-CORRUPT/);
  assert.equal(await rig.store.verify(second), 'damaged');

  assert.deepEqual(await rig.store.missing(digests.map((digest) => ({ digest, bytes: null }))), digests);
  await rig.store.putBytes(contents[0] ?? '');
  assert.deepEqual((await rig.store.freeze([first])).objects, [first]);
  assert.equal(await rig.store.verify(first), 'sound');
});
