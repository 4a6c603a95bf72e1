import assert from 'node:assert/strict';
import { createCipheriv, createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { canonicalJson, type Digest, type Json, recordJson, type RemoteNeeds } from '@tidegate/formats';
import { digestOfBytes } from '../../../platform/index.ts';
import { folderFiles } from '../folder/folder-files.ts';
import { packedRemote } from '../packed-remote.ts';
import type { Remote } from '../remote.ts';
import type { RemoteFiles } from '../remote-files.ts';
import { collectRemote } from './collect-remote.ts';
import type { RemoteGarbageReport } from './garbage-report.ts';

const dayMs = 86_400_000;

interface Rig {
  readonly folder: string;
  readonly files: RemoteFiles;
  readonly remote: Remote;
  readonly put: (content: string | Uint8Array) => Promise<Digest>;
  /** Puts a dataset version with these files. @returns its digest */
  readonly version: (files: readonly Digest[]) => Promise<Digest>;
  readonly needs: (project: string, pins: readonly Digest[], at?: string) => Promise<void>;
  /** Collects so many days from now. */
  readonly collect: (days: number, more?: { readonly dryRun?: boolean; readonly files?: RemoteFiles }) => Promise<RemoteGarbageReport>;
  readonly isThere: (digest: Digest) => Promise<boolean>;
  readonly text: (digest: Digest) => Promise<string | null>;
}

function makeRig(t: TestContext): Rig {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-collect-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const files = folderFiles(join(folder, 'remote'));
  const scratch = join(folder, 'incoming');
  const remote = packedRemote(files, { zone: 'main', scratch, cache: null });
  const put: Rig['put'] = async (content) => {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const digest = digestOfBytes(bytes);
    await remote.putObject(digest, bytes);
    return digest;
  };
  const record = (value: Json): Promise<Digest> => put(canonicalJson(value));
  return {
    folder,
    files,
    remote,
    put,
    version: async (named) => {
      const tree = await record({
        format: 'tidegate.tree/1',
        entries: named.map((digest, index) => ({ path: `${index}`, digest, bytes: 1 })),
      });
      return record({ format: 'tidegate.dataset-version/1', tree });
    },
    needs: async (project, pins, at = new Date().toISOString()) => {
      const needs: RemoteNeeds = {
        format: 'tidegate.remote-needs/1',
        project,
        clone: at.slice(0, 10),
        at,
        pins,
        results: [],
        keepDays: 30,
      };
      await remote.replaceRecord(`needs/main/${project}/${needs.clone}`, recordJson(needs));
    },
    collect: (days, more = {}) => collectRemote({ files, zone: 'main', scratch, nowMs: Date.now() + days * dayMs, ...more }),
    isThere: async (digest) => (await remote.missing([{ digest, bytes: null }])).length === 0,
    text: async (digest) => {
      let text: string | null = null;
      await remote.getObjects([digest], async (_, content) => {
        text = typeof content === 'string' ? readFileSync(content, 'latin1') : Buffer.from(content).toString('latin1');
      });
      return text;
    },
  };
}

/** Everything in a folder with its length. */
function everythingIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
    .map((entry) => `${join(entry.parentPath, entry.name)} ${statSync(join(entry.parentPath, entry.name)).size}`)
    .toSorted();
}

function noise(length: number, seed: string): Buffer {
  return createCipheriv('aes-128-ctr', createHash('md5').update(seed).digest(), Buffer.alloc(16)).update(Buffer.alloc(length));
}

test('what no project needs is condemned at first, and taken out by a collection after the grace period', async (t) => {
  const { folder, put, version, needs, collect, isThere, text } = makeRig(t);
  const [cat, dog] = [await put(`cat ${'x'.repeat(200)}`), await put(`dog ${'y'.repeat(20_000)}`)];
  const needed = await version([cat]);
  await version([dog]);
  await needs('shop', [needed]);
  const before = everythingIn(join(folder, 'remote')).length;

  const young = await collect(1);
  assert.equal(young.objects.filter(({ action }) => action !== 'keep').length, 0);
  const condemned = await collect(8);
  assert.deepEqual(
    condemned.objects.filter(({ digest }) => digest === dog).map(({ action }) => action),
    ['condemn'],
  );
  assert.equal(await isThere(dog), false, 'who asks puts it again');
  assert.match((await text(dog)) ?? '', /^dog/, 'who knew of it can still read it');
  const removed = await collect(16);

  assert.deepEqual(removed.objects.filter(({ action }) => action === 'remove').length, 3);
  assert.match(removed.objects.find(({ digest }) => digest === cat)?.why ?? '', /tidegate.lock of shop/);
  assert.equal(await text(dog), null);
  assert.match((await text(cat)) ?? '', /^cat/);
  assert.equal(await isThere(needed), true);
  assert.ok(everythingIn(join(folder, 'remote')).length < before);
  assert.deepEqual((await collect(16)).files, []);
});

test('what is needed or put again after it was condemned stays', async (t) => {
  const { put, version, needs, collect, isThere, text } = makeRig(t);
  const again = await put('put again');
  const late = await version([await put('needed late')]);
  await needs('shop', []);
  await collect(8);
  assert.deepEqual([await isThere(again), await isThere(late)], [false, false]);

  await put('put again');
  await needs('shop', [late]);
  assert.equal(await isThere(again), true);
  await collect(9);
  assert.equal(await isThere(late), true);
  await collect(15);

  assert.equal(await isThere(late), true);
  assert.equal(await text(again), 'put again', 'its days are counted anew');
});

test('a dry run lists what would go with its length and why, and changes nothing', async (t) => {
  const { folder, put, needs, collect } = makeRig(t);
  const garbage = await put('garbage');
  await needs('shop', []);
  await collect(8);
  const before = everythingIn(folder);

  const report = await collect(16, { dryRun: true });

  assert.deepEqual(report.objects, [{ digest: garbage, zone: 'main', bytes: 7, action: 'remove', why: 'nothing needs it' }]);
  assert.equal(report.files.filter(({ name }) => name.startsWith('packs/')).length, 1);
  assert.deepEqual(everythingIn(folder), before);
});

test('several projects share a remote: what one of them needs stays, and without its word nothing goes', async (t) => {
  const { folder, put, version, needs, collect, isThere } = makeRig(t);
  const [first, second] = [await version([await put('first')]), await version([await put('second')])];
  await needs('shop', [first]);
  await needs('factory', [second]);
  await collect(8);
  const report = await collect(16);

  assert.deepEqual(report.projects.map(({ project }) => project).toSorted(), ['factory', 'shop']);
  assert.deepEqual([await isThere(first), await isThere(second)], [true, true]);
  const file = join(folder, 'remote/records/needs/main/factory', readdirSync(join(folder, 'remote/records/needs/main/factory'))[0] ?? '');
  writeFileSync(file, '{"format":"tidegate.remote-needs/9"}');
  const before = everythingIn(folder);
  await assert.rejects(
    collect(100),
    /TG-STORE-REMOTE: Cannot collect garbage in .*factory.*, which says what a project needs, cannot be read/,
  );
  assert.deepEqual(everythingIn(folder), before);
});

test('a working copy that stopped pushing is given up when another one of its project goes on, the last one never', async (t) => {
  const { put, version, needs, collect, isThere } = makeRig(t);
  const [old, present] = [await version([await put('old')]), await version([await put('present')])];
  const daysAgo = (days: number): string => new Date(Date.now() - days * dayMs).toISOString();
  await needs('shop', [old], daysAgo(200));
  await needs('factory', [present], daysAgo(200));
  await needs('shop', [present], daysAgo(0));

  const { records } = await collect(8);
  await collect(16);

  assert.match(records[0]?.why ?? '', /has not pushed for 90 days/);
  assert.equal(await isThere(old), false);
  assert.equal(await isThere(present), true);
});

test('how far sources were read goes with results that nobody names, and keeps nothing that it names', async (t) => {
  const { remote, put, collect, needs, isThere } = makeRig(t);
  const tree = await put('tree');
  await remote.addRecord('positions/main/ab/cd', { format: 'tidegate.source-position/1', tree, position: {} });
  await needs('shop', []);

  await collect(8);
  assert.notDeepEqual(await remote.readRecords(['positions/main/ab/cd']), [null]);
  await collect(31);

  assert.deepEqual(await remote.readRecords(['positions/main/ab/cd']), [null]);
  assert.equal(await isThere(tree), false);
});

test('results stay that a project keeps or that are young, with what they name; the others go', async (t) => {
  const { remote, put, collect, needs, isThere } = makeRig(t);
  const [output, key] = [await put('output'), await put('key record')];
  const name = `results/main/${key.slice(7, 9)}/${key.slice(9)}`;
  await remote.addRecord(name, { outputs: { out: { digest: output } } });
  await needs('shop', []);

  await collect(8);
  assert.deepEqual([await isThere(output), await isThere(key)], [true, true]);
  const old = await collect(31);

  assert.deepEqual(
    old.records.map((record) => record.name),
    [`records/${name}.json`],
  );
  assert.deepEqual(await remote.readRecords([name]), [null]);
  assert.equal(await isThere(output), false);
});

test('a long object keeps the pieces that it has in common with one that goes', async (t) => {
  const { put, version, needs, collect, text, isThere } = makeRig(t);
  const first = noise(3 << 20, 'first');
  const second = Buffer.concat([first.subarray(0, 1 << 20), noise(2 << 20, 'second')]);
  const [gone, stays] = [await put(first), await put(second)];
  await needs('shop', [await version([stays])]);

  await collect(8);
  const report = await collect(16);

  assert.ok(report.rewrittenBytes > first.length, `${report.rewrittenBytes}`);
  assert.equal(await isThere(gone), false);
  assert.equal(digestOfBytes(Buffer.from((await text(stays)) ?? '', 'latin1')), stays);
});

test('a push in the middle of a collection loses nothing', async (t) => {
  const { files, put, version, needs, collect, text, isThere } = makeRig(t);
  const known = await put('known before');
  await needs('shop', []);
  await collect(8);
  let pushed: Digest | null = null;
  const meddled: RemoteFiles = {
    ...files,
    write: async (name, source, options) => {
      if (name === 'index/main/root.json' && pushed === null) {
        pushed = known;
        pushed = await version([await put('new'), await put('known before')]);
        await needs('shop', [pushed]);
      }
      return files.write(name, source, options);
    },
  };

  await collect(16, { files: meddled });

  assert.ok(pushed !== null && (await isThere(pushed)));
  assert.equal(await text(known), 'known before');
  assert.equal(await text(digestOfBytes('new')), 'new');
});

test('a place that collects its garbage by itself, and says what came of it in other words, is told', async (t) => {
  const { files, put, collect } = makeRig(t);
  await put('tide');

  await assert.rejects(
    collect(8, { files: { ...files, collect: async () => ({ objects: 'all' }) } }),
    /TG-STORE-REMOTE: .* in words that are not known here/,
  );
});

test('a zone that is trusted less than main collects nothing', async (t) => {
  const { files, folder, put } = makeRig(t);
  await put('tide');

  for (const zone of ['untrusted', 'branch'] as const)
    await assert.rejects(
      collectRemote({ files, zone, scratch: folder, nowMs: Date.now() }),
      /TG-STORE-REMOTE-ZONE: Cannot collect garbage/,
    );
});

test('whoever is reading from a pack that is written anew looks once more, and gets what it asked for', async (t) => {
  const { folder, files, remote, put, version, needs, collect } = makeRig(t);
  const both = [Buffer.from('needed'), noise(200_000, 'garbage')];
  await remote.putObjects(both.map((bytes) => ({ digest: digestOfBytes(bytes), bytes: bytes.length, content: async () => bytes })));
  const needed = digestOfBytes('needed');
  await needs('shop', [await version([needed])]);
  await put('something else');
  await collect(8);
  let collected: RemoteGarbageReport | null = null;
  const meddled: RemoteFiles = {
    ...files,
    read: async (name, options) => {
      if (name.startsWith('packs/')) collected ??= await collect(16);
      return files.read(name, options);
    },
  };
  const reader = packedRemote(meddled, { zone: 'branch', scratch: join(folder, 'reader'), cache: null });

  assert.deepEqual(Buffer.from((await reader.getObject(needed, join(folder, 'out'))) ?? []), Buffer.from('needed'));
  assert.ok((collected?.['rewrittenBytes'] ?? 0) > 200_000);
});
