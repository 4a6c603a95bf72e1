import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { canonicalJson, TidegateError, type Zone } from '@tidegate/formats';
import { digestOfBytes } from '../../../platform/index.ts';
import { folderFiles } from '../folder/folder-files.ts';
import { remoteIndex } from '../index/remote-index.ts';
import { packedRemote } from '../packed-remote.ts';
import { collectRemote } from './collect-remote.ts';
import { eraseFromRemote } from './erase-from-remote.ts';
import { repairRemote } from './repair-remote.ts';
import { verifyRemote } from './verify-remote.ts';

function makeRig(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-repair-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [files, scratch] = [folderFiles(join(folder, 'remote')), join(folder, 'incoming')];
  const open = (zone: Zone = 'main') => packedRemote(files, { zone, scratch, cache: null });
  return {
    folder,
    open,
    put: async (contents: readonly Uint8Array[]) => {
      await open().putObjects(contents.map((bytes) => ({ digest: digestOfBytes(bytes), bytes: bytes.length, content: async () => bytes })));
    },
    repair: (more: { readonly zone?: Zone; readonly dryRun?: true } = {}) => repairRemote({ files, zone: 'main', scratch, ...more }),
    verify: () => verifyRemote({ files, zone: 'main', scratch }),
    entries: async () => {
      const index = remoteIndex(files, { zone: 'main', cache: null });
      const root = (await index.look()).roots.get('main') ?? assert.fail();
      const all = await Promise.all(
        [...root.objects, ...root.chunks].map(async (name) => [...((await index.shards.load('main', name, undefined))?.entries() ?? [])]),
      );
      return new Set(all.flat().map((entry) => JSON.stringify({ ...entry, isRecord: entry.as === 'recipe' ? null : entry.isRecord }))); // a long object may be held for a record
    },
    shards: () => readdirSync(join(folder, 'remote/index/main')).filter((name) => name.endsWith('.shard')),
    path: (shard: string) => join(folder, 'remote/index/main', shard),
  };
}

const random = (seed: number, bytes: number): Buffer =>
  createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16)).update(Buffer.alloc(bytes));

/** Short ones, records, long ones that have pieces in common, and an empty one. */
const first = [
  Buffer.from('ebb'),
  Buffer.alloc(0),
  Buffer.from(canonicalJson({ format: 'tidegate.dataset-schema/1', dataset: 'a', columns: [] })),
  random(1, 3 << 20),
];
const second = [Buffer.from('flood'), Buffer.concat([random(1, 2 << 20), random(2, 1 << 20)]), random(3, 100_000)];

for (const how of ['gone', 'damaged'] as const)
  test(`any shard of an index that is ${how} is made anew from the packs, and everything reads`, async (t) => {
    const rig = makeRig(t);
    await rig.put(first);
    await rig.put(second);
    const before = await rig.entries();
    const all = [...first, ...second].map((bytes) => ({ digest: digestOfBytes(bytes), bytes: bytes.length }));
    assert.deepEqual(await rig.repair(), [], 'nothing is lost');

    for (const shard of rig.shards()) {
      const content = readFileSync(rig.path(shard));
      if (how === 'gone') rmSync(rig.path(shard));
      else writeFileSync(rig.path(shard), content.subarray(0, -1));
      const isUsed = (await rig.repair({ dryRun: true })).length > 0;
      if (!isUsed) continue;
      await assert.rejects(rig.verify(), /TG-STORE-REMOTE: /);

      const [repaired, ...more] = await rig.repair();

      assert.deepEqual([repaired?.zone, repaired?.lost.length, repaired?.unread, more], ['main', 1, [], []]);
      assert.deepEqual(await rig.open().missing(all), []);
      for (const { digest } of all) {
        const path = join(rig.folder, 'out');
        const got = await rig.open().getObject(digest, path);
        assert.equal(digestOfBytes(got === 'at-path' ? readFileSync(path) : (got ?? assert.fail(digest))), digest);
        rmSync(path, { force: true });
      }
      const after = await rig.entries();
      for (const entry of before) assert.ok(after.has(entry), entry);
      assert.deepEqual((await rig.verify()).damaged, []);
    }
  });

test('all of an index that is gone is made anew; a pack that cannot be read is told, and a zone that may not repair does not', async (t) => {
  const rig = makeRig(t);
  await rig.put([...first, ...second]);
  const before = await rig.entries();
  for (const shard of rig.shards()) rmSync(rig.path(shard));

  const [refused] = await rig.repair({ zone: 'branch' });
  assert.deepEqual([refused?.isAllowed, refused?.objects], [false, 0]);
  const [repaired] = await rig.repair();
  const after = await rig.entries();
  for (const entry of before) assert.ok(after.has(entry), entry);
  assert.ok((repaired?.objects ?? 0) >= first.length + second.length && (repaired?.pieces ?? 0) > 10);
  assert.deepEqual(await rig.repair(), []);

  await rig.put([Buffer.from('in a pack of its own')]);
  const packs = readdirSync(join(rig.folder, 'remote/packs/main'), { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  for (const { parentPath, name } of packs) {
    const path = join(parentPath, name);
    const content = readFileSync(path);
    if (content.includes('in a pack of its own')) writeFileSync(path, content.subarray(0, -3));
  }
  for (const shard of rig.shards()) rmSync(rig.path(shard));
  const [partly] = await rig.repair();
  assert.equal(partly?.unread.length, 1);
  assert.deepEqual(await rig.open().missing(first.map((bytes) => ({ digest: digestOfBytes(bytes), bytes: bytes.length }))), []);
});

test('a repair beside another one and an erasure does not bring back what was erased', async (t) => {
  const rig = makeRig(t);
  await rig.put(first);
  await rig.put(second);
  for (const shard of rig.shards()) rmSync(rig.path(shard));
  const [files, scratch] = [folderFiles(join(rig.folder, 'remote')), join(rig.folder, 'incoming')];
  const erased = digestOfBytes('ebb');
  let isFirst = true;
  const slow: typeof files = {
    ...files,
    list: async function* (prefix, options) {
      yield* files.list(prefix, options);
      if (!isFirst || !prefix.startsWith('packs/')) return;
      isFirst = false;
      await rig.repair();
      await eraseFromRemote({ files, scratch, zone: 'main', digests: new Set([erased]) });
    },
  };

  assert.deepEqual(await repairRemote({ files: slow, zone: 'main', scratch }), [], 'the other one was faster');

  assert.equal(isFirst, false);
  const all = [...first, ...second].map((bytes) => ({ digest: digestOfBytes(bytes), bytes: bytes.length }));
  assert.deepEqual(await rig.open().missing(all), [erased]);
  assert.deepEqual((await rig.verify()).damaged, []);
});

test('of a shard that is gone garbage collection and erasing tell how it is made anew', async (t) => {
  const rig = makeRig(t);
  await rig.put(first);
  for (const shard of rig.shards()) rmSync(rig.path(shard));
  const [files, scratch] = [folderFiles(join(rig.folder, 'remote')), join(rig.folder, 'incoming')];
  const isTold = (error: unknown): boolean => {
    assert.ok(error instanceof TidegateError, String(error));
    assert.match(error.diagnostics[0].hint ?? '', /tidegate remote repair/);
    return true;
  };

  await assert.rejects(eraseFromRemote({ files, scratch, zone: 'main', digests: new Set([digestOfBytes('ebb')]) }), isTold);
  for (const dryRun of [true, false])
    await assert.rejects(collectRemote({ files, scratch, zone: 'main', nowMs: Date.now(), dryRun }), isTold);
});
