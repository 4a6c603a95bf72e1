import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { digestOfBytes } from '../../platform/index.ts';
import { backedObjectStore } from '../objects/backed-object-store.ts';
import { folderObjectStore } from '../objects/folder-object-store.ts';
import { folderRemote } from './folder-remote.ts';
import { objectStoreConformance } from '../objects/object-store.conformance.ts';
import { readOneRecord } from './remote.ts';
import { remoteConformance } from './remote.conformance.ts';
import { damageObject } from './test-damage.ts';

remoteConformance('folder remote', (folder) => ({
  open: (zone = 'main') => folderRemote(join(folder, 'remote'), zone),
  damage: (digest) => damageObject(join(folder, 'remote'), digest),
}));

objectStoreConformance('store backed by a remote', (folder) => backed(folder, 'own'));

function backed(folder: string, machine: string) {
  const own = join(folder, machine);
  return backedObjectStore(folderObjectStore(own), folderRemote(join(folder, 'remote'), 'main'), join(own, 'incoming'));
}

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-remote-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a folder that holds something else, a file, and a remote of a later version are refused', async (t) => {
  const folder = makeFolder(t);
  mkdirSync(join(folder, 'photos'));
  writeFileSync(join(folder, 'photos/cat.jpg'), '');
  writeFileSync(join(folder, 'file'), '');
  mkdirSync(join(folder, 'later'));
  writeFileSync(join(folder, 'later/tidegate-remote.json'), '{"format":"tidegate.remote/9"}');

  for (const name of ['photos', 'file', 'later']) {
    await assert.rejects(
      folderRemote(join(folder, name), 'main').readRecords(['releases/a']),
      /TG-STORE-REMOTE: Cannot use ".*" as a remote/,
    );
    await assert.rejects(folderRemote(join(folder, name), 'main').addRecord('releases/a', {}), /TG-STORE-REMOTE: /);
  }
  assert.deepEqual(readdirSync(join(folder, 'photos')), ['cat.jpg']);
});

test('a place that cannot be written is told of the remote and not of the home', async (t) => {
  const folder = makeFolder(t);
  await folderRemote(folder, 'main').addRecord('releases/a', {});
  writeFileSync(join(folder, 'records/results'), 'a file where a folder should be');
  writeFileSync(join(folder, 'packs'), 'a file as well');
  writeFileSync(join(folder, 'source'), 'tide');

  await assert.rejects(
    folderRemote(folder, 'main').addRecord('results/main/ab', {}),
    /TG-STORE-REMOTE-NOT-WRITABLE: Cannot write to the remote/,
  );
  await assert.rejects(
    folderRemote(folder, 'main').putObject(digestOfBytes('tide'), join(folder, 'source')),
    /TG-STORE-REMOTE-NOT-WRITABLE/,
  );
});

test('a remote that was there and is gone, as an unmounted share is, is not made again in its place', async (t) => {
  const folder = makeFolder(t);
  writeFileSync(join(folder, 'source'), 'tide');
  const remote = folderRemote(join(folder, 'remote'), 'main');
  await remote.addRecord('results/main/ab', {});
  rmSync(join(folder, 'remote'), { recursive: true });
  mkdirSync(join(folder, 'remote'));

  await assert.rejects(remote.putObject(digestOfBytes('tide'), join(folder, 'source')), /TG-STORE-REMOTE-UNREACHABLE: .* it was there/);
  await assert.rejects(remote.addRecord('results/main/cd', {}), /TG-STORE-REMOTE-UNREACHABLE/);

  assert.deepEqual(readdirSync(join(folder, 'remote')), []);
  assert.deepEqual(await remote.readRecords(['results/main/ab']), [null]);
});

test('what a store does not have it takes from the remote when it is read, and keeps', async (t) => {
  const folder = makeFolder(t);
  writeFileSync(join(folder, 'source'), 'tide');
  const digest = digestOfBytes('tide');
  await folderRemote(join(folder, 'remote'), 'main').putObject(digest, join(folder, 'source'));
  const store = backed(folder, 'own');

  assert.equal(await store.has(digest), true);
  assert.deepEqual(
    await store.missing([
      { digest, bytes: 4 },
      { digest: digestOfBytes('no'), bytes: null },
    ]),
    [digestOfBytes('no')],
  );
  assert.equal(await folderObjectStore(join(folder, 'own')).has(digest), false);
  const reads = await Promise.all(Array.from({ length: 8 }, () => store.readBytes(digest)));

  assert.ok(reads.every((bytes) => Buffer.from(bytes).toString() === 'tide'));
  assert.equal(await folderObjectStore(join(folder, 'own')).has(digest), true);
  assert.deepEqual(readdirSync(join(folder, 'own/incoming')), []);
});

test('an object that is damaged in the remote is refused by its name when it is read, and is missing afterwards', async (t) => {
  const folder = makeFolder(t);
  writeFileSync(join(folder, 'source'), 'tide');
  const digest = digestOfBytes('tide');
  await folderRemote(join(folder, 'remote'), 'main').putObject(digest, join(folder, 'source'));
  await damageObject(join(folder, 'remote'), digest);
  const store = backed(folder, 'own');

  await assert.rejects(store.readBytes(digest), new RegExp(`TG-STORE-OBJECT-CORRUPT.*${digest}`));

  assert.deepEqual(await store.missing([{ digest, bytes: 4 }]), [digest]);
  assert.deepEqual(await folderRemote(join(folder, 'remote'), 'main').missing([{ digest, bytes: 4 }]), [digest]);
});

test('a writer that is killed at any moment leaves nothing that a reader takes for whole', { timeout: 60_000 }, async (t) => {
  const folder = makeFolder(t);
  const text = 'tide'.repeat(500_000);
  writeFileSync(join(folder, 'source'), text);
  const digest = digestOfBytes(text);
  const script = `
    import { folderRemote } from ${JSON.stringify(join(import.meta.dirname, 'folder-remote.ts'))};
    const remote = folderRemote(${JSON.stringify(join(folder, 'remote'))}, 'main');
    process.stdout.write('ready');
    await remote.putObject(${JSON.stringify(digest)}, ${JSON.stringify(join(folder, 'source'))});
    await remote.addRecord('results/main/one', { text: 'x'.repeat(5_000_000) });
  `;
  for (let attempt = 0; attempt < 6; attempt++) {
    await new Promise<void>((done) => {
      const child = execFile(process.execPath, ['--input-type=module', '-e', script], () => done());
      child.stdout?.once('data', () => setTimeout(() => child.kill('SIGKILL'), attempt * 4));
    });
    const remote = folderRemote(join(folder, 'remote'), 'main');
    const [gone] = await remote.missing([{ digest, bytes: text.length }]);
    if (gone === undefined) assert.equal(await remote.getObject(digest, join(folder, `out-${attempt}`)), 'at-path');
    const record = await readOneRecord(remote, 'results/main/one');
    if (record !== null) assert.equal((record as { readonly text: string }).text.length, 5_000_000);
  }

  await folderRemote(join(folder, 'remote'), 'main').putObject(digest, join(folder, 'source'));
  assert.deepEqual(await folderRemote(join(folder, 'remote'), 'main').missing([{ digest, bytes: text.length }]), []);
});
