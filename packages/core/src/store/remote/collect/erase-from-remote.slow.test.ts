import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type Digest, TidegateError, type Zone } from '@tidegate/formats';
import { digestOfBytes } from '../../../platform/index.ts';
import { folderFiles } from '../folder/folder-files.ts';
import { packedRemote } from '../packed-remote.ts';
import type { Remote } from '../remote.ts';
import { filesWithText } from '../test-bytes-in-remote.ts';
import { collectRemote } from './collect-remote.ts';
import { eraseFromRemote } from './erase-from-remote.ts';
import { verifyRemote } from './verify-remote.ts';

interface Rig {
  readonly folder: string;
  readonly open: (zone?: Zone) => Remote;
  readonly erase: (digests: readonly Digest[], zone?: Zone) => ReturnType<typeof eraseFromRemote>;
  readonly damaged: () => Promise<number>;
}

function makeRig(t: TestContext): Rig {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-erase-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const scratch = join(folder, 'incoming');
  const files = folderFiles(join(folder, 'remote'));
  return {
    folder: join(folder, 'remote'),
    open: (zone = 'main') => packedRemote(files, { zone, scratch, cache: null }),
    erase: (digests, zone = 'main') => eraseFromRemote({ files, zone, scratch, digests: new Set(digests) }),
    damaged: async () => (await verifyRemote({ files, zone: 'main', scratch })).damaged.length,
  };
}

async function putAll(remote: Remote, contents: readonly Uint8Array[]): Promise<readonly Digest[]> {
  await remote.putObjects(contents.map((bytes) => ({ digest: digestOfBytes(bytes), bytes: bytes.byteLength, content: async () => bytes })));
  return contents.map(digestOfBytes);
}

async function textOf(remote: Remote, digest: Digest): Promise<string | null> {
  let found: string | null = null;
  await remote.getObjects([digest], async (_, content) => {
    found = typeof content === 'string' ? readFileSync(content, 'utf8') : Buffer.from(content).toString('utf8');
  });
  return found;
}

async function isAnywhere(folder: string, text: string): Promise<boolean> {
  return (await filesWithText(folder, text)).length > 0;
}

/** Lines that look like no other, so that pieces of it are those of no other object. */
function longText(seed: number, lines: number): string {
  return Array.from({ length: lines }, (_, at) => digestOfBytes(`${seed} ${at}`)).join('\n');
}

test('what is erased leaves no byte in any pack, also of pieces; what shares packs and pieces with it stays whole', async (t) => {
  const { folder, open, erase, damaged } = makeRig(t);
  const shared = longText(1, 30_000);
  const [small, other, large, alike] = await putAll(open(), [
    Buffer.from('planted small once'),
    Buffer.from('another one'),
    Buffer.from(`${longText(2, 4_000)}\nplanted large once\n${shared}`),
    Buffer.from(`${longText(3, 4_000)}\n${shared}`),
  ]);
  const [below = other] = await putAll(open('branch'), [Buffer.from('planted on a branch once')]);
  assert.ok(small !== undefined && other !== undefined && large !== undefined && alike !== undefined && below !== undefined);
  assert.equal(await isAnywhere(folder, 'planted large once'), true);

  const report = await erase([small, large, below]);

  assert.equal(report.objects, 3);
  for (const text of ['planted small once', 'planted large once', 'planted on a branch once', longText(2, 20)])
    assert.equal(await isAnywhere(folder, text), false, text);
  assert.deepEqual(await open().missing([small, other, large, alike, below].map((digest) => ({ digest, bytes: null }))), [
    small,
    large,
    below,
  ]);
  assert.equal(await textOf(open(), other), 'another one');
  assert.equal(await textOf(open(), alike), `${longText(3, 4_000)}\n${shared}`);
  assert.equal(await damaged(), 0);
  assert.deepEqual(await erase([small, large, below]), { objects: 0, packs: 0 });

  await putAll(open(), [Buffer.from('planted small once')]);
  assert.equal(await textOf(open(), small), 'planted small once', 'whoever puts it again has it again');
});

test('what garbage collection has condemned stays condemned, and packs that were mostly garbage can be written anew', async (t) => {
  const { folder, open, erase, damaged } = makeRig(t);
  const [one, two] = await putAll(open(), [Buffer.from('planted one once'), Buffer.from('nobody needs this one')]);
  assert.ok(one !== undefined && two !== undefined);
  const files = folderFiles(folder);
  const later = (days: number): ReturnType<typeof collectRemote> =>
    collectRemote({ files, zone: 'main', scratch: join(folder, '..', 'incoming'), nowMs: Date.now() + days * 86_400_000 });
  await later(10);

  await erase([one]);

  assert.equal(await isAnywhere(folder, 'planted one once'), false);
  assert.deepEqual(await open().missing([{ digest: two, bytes: null }]), [two], 'it counts as missing still');
  assert.equal(await textOf(open(), two), 'nobody needs this one', 'and can be read by whoever knew of it');
  const collected = await later(20);
  assert.deepEqual(
    collected.objects.map(({ digest, action }) => ({ digest, action })),
    [{ digest: two, action: 'remove' }],
  );
  assert.equal(await damaged(), 0);
});

test('a zone that is trusted less than main erases nothing, and main nothing of the zone release', async (t) => {
  const { open, erase } = makeRig(t);
  const [own, released] = [...(await putAll(open(), [Buffer.from('own')])), ...(await putAll(open('release'), [Buffer.from('released')]))];
  assert.ok(own !== undefined && released !== undefined);
  const isRefused = (error: unknown): boolean => error instanceof TidegateError && error.diagnostics[0].code === 'TG-STORE-REMOTE-ZONE';

  await assert.rejects(erase([own], 'branch'), isRefused);
  await assert.rejects(erase([released]), isRefused);
  assert.equal((await erase([released], 'release')).objects, 1);
});

test('an erasure that ended between the index and the old packs is completed by the next call, and removes nothing that is named again', async (t) => {
  const { folder, open, erase, damaged } = makeRig(t);
  const [gone, other] = await putAll(open(), [Buffer.from('planted one once'), Buffer.from('another one')]);
  assert.ok(gone !== undefined && other !== undefined);
  const files = folderFiles(folder);
  const cut = { ...files, remove: () => Promise.reject(new Error('the network is gone')) };
  const request = { zone: 'main', scratch: join(folder, '..', 'incoming'), digests: new Set([gone]) } as const;

  await assert.rejects(eraseFromRemote({ files: cut, ...request }), /the network is gone/);
  assert.equal(await isAnywhere(folder, 'planted one once'), true);
  assert.deepEqual(await open().missing([{ digest: gone, bytes: null }]), [gone]);
  const report = await erase([gone]);

  assert.deepEqual(report, { objects: 0, packs: 1 });
  assert.equal(await isAnywhere(folder, 'planted one once'), false);
  assert.equal(await textOf(open(), other), 'another one');
  assert.equal(await damaged(), 0);
  assert.deepEqual(readdirSync(join(folder, 'erasing')), []);
});
