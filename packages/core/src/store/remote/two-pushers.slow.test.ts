import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { on } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type Digest, digest as digestOf } from '@tidegate/formats';
import { digestOfBytes } from '../../platform/index.ts';
import { collectRemote } from './collect/collect-remote.ts';
import { verifyRemote } from './collect/verify-remote.ts';
import { folderFiles } from './folder/folder-files.ts';
import { packedRemote } from './packed-remote.ts';

const fixture = join(import.meta.dirname, 'fixtures/push-batches.ts');

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-pushers-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Pusher {
  readonly child: ChildProcess;
  /** Digests of the objects that it has been told are there. */
  readonly put: Digest[];
  readonly ended: Promise<NodeJS.Signals | number | null>;
}

function startPusher(folder: string, words: readonly string[]): Pusher {
  const child = spawn(process.execPath, [fixture, folder, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const put: Digest[] = [];
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk.toString()}`.split('\n');
    rest = lines.pop() ?? '';
    put.push(...lines.map((line) => digestOf(line)));
  });
  return { child, put, ended: new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code))) };
}

/** Resolves when what it has told so far is enough. */
async function untilTold({ stdout }: ChildProcess, isEnough: () => boolean): Promise<void> {
  for await (const _ of on(stdout ?? assert.fail(), 'data')) if (isEnough()) return;
}

const open = (folder: string) =>
  packedRemote(folderFiles(join(folder, 'remote')), { zone: 'main', scratch: join(folder, 'reader'), cache: null });

/** All that pushers were told is there is there, and is what it should be. */
async function requireWhole(folder: string, digests: readonly Digest[]): Promise<void> {
  const remote = open(folder);
  assert.deepEqual(await remote.missing(digests.map((digest) => ({ digest, bytes: null }))), []);
  const came = new Set<Digest>();
  const lost = await remote.getObjects(digests, async (digest, content) => {
    assert.equal(digestOfBytes(typeof content === 'string' ? readFileSync(content) : content), digest);
    came.add(digest);
  });
  assert.deepEqual(lost, []);
  assert.equal(came.size, new Set(digests).size);
}

test('four machines push at the same time into one index, and none loses what another has put', { timeout: 120_000 }, async (t) => {
  const folder = makeFolder(t);
  const pushers = ['a', 'b', 'c', 'd'].map((name) => startPusher(folder, [name, '12']));

  const ends = await Promise.all(pushers.map(({ ended }) => ended));

  assert.deepEqual(ends, [0, 0, 0, 0]);
  const all = pushers.flatMap(({ put }) => put);
  assert.equal(all.length, 4 * 12 * 20);
  await requireWhole(folder, all);
});

test(
  'pushers that are killed at any moment, beside collections that are killed too, lose nothing that they were told is there',
  { timeout: 180_000 },
  async (t) => {
    const folder = makeFolder(t);
    const told: Digest[] = [];
    for (const [round, batches] of [1, 3, 5, 8, 12, 20].entries()) {
      const pushers = ['a', 'b'].map((name) => startPusher(folder, [`${name}${round}`, '40']));
      const collector = startPusher(folder, ['collect', '40']);
      const ended = Promise.all([...pushers, collector].map((one) => one.ended));
      await Promise.race([ended, ...pushers.map(({ child, put }) => untilTold(child, () => put.length >= 20 * batches))]);
      for (const { child } of [...pushers, collector]) child.kill('SIGKILL');
      assert.ok((await ended).includes('SIGKILL'));
      told.push(...pushers.flatMap(({ put }) => put));
    }
    const files = folderFiles(join(folder, 'remote'));

    const check = await verifyRemote({ files, zone: 'main', scratch: join(folder, 'reader') });
    assert.deepEqual(check.damaged, []);
    await requireWhole(folder, told);
    const report = await collectRemote({ files, zone: 'main', scratch: join(folder, 'reader'), nowMs: Date.now() });
    assert.equal(report.objects.filter(({ action }) => action !== 'keep').length, 0, 'all of it is young');
    await requireWhole(folder, told);
  },
);
