import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { digestOfBytes } from '../../../platform/index.ts';
import { folderFiles } from '../folder/folder-files.ts';
import type { RemoteFiles } from '../remote-files.ts';
import type { Placed } from './placed.ts';
import { type RemoteIndex, remoteIndex, withView } from './remote-index.ts';

const entry = (name: string, pack = 'pack'): Placed => ({
  digest: digestOfBytes(name),
  pack: digestOfBytes(pack),
  as: 'piece',
  offset: 8,
  stored: 4,
  bytes: 4,
  codec: 'raw',
  isRecord: false,
});

function makePlace(t: TestContext): { readonly folder: string; readonly files: RemoteFiles } {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-index-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return { folder, files: folderFiles(join(folder, 'remote')) };
}

const found = (index: RemoteIndex, name: string) =>
  withView(index, {}, async (view) => (await view.objects([digestOfBytes(name)])).size > 0);

test('of many who add to an index at the same moment none loses what it added', async (t) => {
  const { files } = makePlace(t);
  const writers = Array.from({ length: 6 }, (_, number) => number);

  await Promise.all(
    writers.map((number) =>
      remoteIndex(files, { zone: 'main', cache: null }).publish({ objects: [entry(`object ${number}`)], chunks: [] }),
    ),
  );

  const index = remoteIndex(files, { zone: 'main', cache: null });
  for (const number of writers) assert.equal(await found(index, `object ${number}`), true);
});

test('many additions leave few shards, each at least twice as long as the next newer one, and each is still found', async (t) => {
  const { files } = makePlace(t);
  const index = remoteIndex(files, { zone: 'main', cache: null });
  const added = Array.from({ length: 40 }, (_, number) => `object ${number}`);

  for (const name of added) await index.publish({ objects: [entry(name)], chunks: [] });

  const { objects = [] } = (await index.look()).roots.get('main') ?? {};
  assert.ok(objects.length <= 6, `${objects.length} shards`);
  for (const [position, { entries }] of objects.slice(1).entries()) assert.ok(entries > 2 * (objects[position]?.entries ?? 0));
  for (const name of added) assert.equal(await found(index, name), true);
});

test('shards that were read are taken from the cache, and one that was damaged there is read anew', async (t) => {
  const { folder, files } = makePlace(t);
  const cache = join(folder, 'cache');
  const reads: string[] = [];
  const counted: RemoteFiles = { ...files, read: (name, options) => (reads.push(name), files.read(name, options)) };
  await remoteIndex(files, { zone: 'main', cache: null }).publish({ objects: [entry('tide')], chunks: [] });
  const look = () => found(remoteIndex(counted, { zone: 'main', cache }), 'tide');

  await look();
  reads.length = 0;
  assert.equal(await look(), true);
  assert.deepEqual(
    reads.filter((name) => name.endsWith('.shard')),
    [],
  );
  for (const name of readdirSync(cache)) writeFileSync(join(cache, name), 'damaged');

  assert.equal(await look(), true);
  assert.equal(reads.filter((name) => name.endsWith('.shard')).length, 1);
});

test('what was read with other bytes is missing to the zones that believe the reader, and there again when it is put again', async (t) => {
  const { files } = makePlace(t);
  const open = (zone: 'main' | 'branch' | 'untrusted') => remoteIndex(files, { zone, cache: null });
  await open('main').publish({ objects: [entry('tide'), entry('ebb', 'other')], chunks: [] });

  await open('branch').noteDamage([entry('tide')]);

  assert.equal(await found(open('main'), 'tide'), true, 'a branch may not keep main from anything');
  assert.equal(await found(open('branch'), 'tide'), false);
  assert.equal(await found(open('untrusted'), 'tide'), false);
  assert.equal(await found(open('branch'), 'ebb'), true);
  await open('branch').publish({ objects: [entry('tide')], chunks: [] });
  assert.equal(await found(open('branch'), 'tide'), true);
});

test('a root of another version, and a shard that is damaged or lost, are told by name', async (t) => {
  const { folder, files } = makePlace(t);
  const open = () => remoteIndex(files, { zone: 'main', cache: null });
  await open().publish({ objects: [entry('tide')], chunks: [] });
  const below = join(folder, 'remote/index/main');
  const shard = readdirSync(below).find((name) => name.endsWith('.shard')) ?? assert.fail();

  writeFileSync(join(below, shard), 'other bytes');
  await assert.rejects(found(open(), 'tide'), new RegExp(`TG-STORE-REMOTE: .*${shard}" is damaged`));
  rmSync(join(below, shard));
  await assert.rejects(found(open(), 'tide'), /TG-STORE-REMOTE: .* the shard "sha256:.*" of its index is gone/);
  writeFileSync(join(below, 'root.json'), '{"format":"tidegate.remote-index/2"}');
  await assert.rejects(found(open(), 'tide'), /TG-STORE-REMOTE: .*"index\/main\/root.json" is damaged, or of another version/);
});
