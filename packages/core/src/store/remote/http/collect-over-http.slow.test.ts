import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type Digest, recordJson, type Zone } from '@tidegate/formats';
import { digestOfBytes } from '../../../platform/index.ts';
import { collectRemote } from '../collect/collect-remote.ts';
import type { RemoteGarbageReport } from '../collect/garbage-report.ts';
import { packedRemote } from '../packed-remote.ts';
import type { Remote } from '../remote.ts';
import { httpFiles } from './http-files.ts';
import { serveRemote } from './serve-remote.ts';
import { addToken } from './tokens.ts';

interface Served {
  readonly folder: string;
  /** As a machine of this zone sees it, with a token of that zone or of another one. */
  readonly open: (zone: Zone, token?: Zone) => Promise<Remote>;
  readonly collect: (remote: Remote, more: { readonly graceMs: number; readonly dryRun?: boolean }) => Promise<RemoteGarbageReport>;
}

async function served(t: TestContext): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-collect-http-'));
  const tokens = join(folder, 'tokens');
  await addToken(tokens, { zone: 'untrusted', name: 'first' });
  const server = await serveRemote({ folder: join(folder, 'remote'), tokens, port: 0, tls: null });
  t.after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const scratch = join(folder, 'incoming');
  return {
    folder,
    open: async (zone, token = zone) => {
      const text = await addToken(tokens, { zone: token, name: token });
      return packedRemote(httpFiles({ url: `http://127.0.0.1:${server.port}`, token: async () => text }), { zone, scratch, cache: null });
    },
    // the clock of the server counts, not this one
    collect: ({ files, zone }, more) => collectRemote({ files, zone, scratch, nowMs: 0, ...more }),
  };
}

async function put(remote: Remote, text: string): Promise<Digest> {
  const digest = digestOfBytes(text);
  await remote.putObject(digest, Buffer.from(text));
  return digest;
}

async function needs(remote: Remote, project: string, pins: readonly Digest[]): Promise<void> {
  const at = new Date().toISOString();
  const record = { format: 'tidegate.remote-needs/1' as const, project, clone: 'one', at, pins, results: [], keepDays: 30 };
  await remote.replaceRecord(`needs/${remote.zone}/${project}/one`, recordJson(record));
}

const isThere = async (remote: Remote, digest: Digest): Promise<boolean> => (await remote.missing([{ digest, bytes: null }])).length === 0;

test('the server collects garbage for whoever has a token of main, in two steps, and keeps what only results need that main may not read', async (t) => {
  const { folder, open, collect } = await served(t);
  const [main, branch] = [await open('main'), await open('branch')];
  const pinned = await put(main, 'pinned');
  const garbage = await put(main, 'garbage');
  const hidden = await put(main, 'needed by a result of the branch');
  const old = await put(branch, 'garbage of the branch');
  await needs(main, 'shop', [pinned]);
  await branch.addRecord(`results/branch/${'a'.repeat(2)}/${'b'.repeat(62)}`, { version: hidden });
  await wait(20);

  const dry = await collect(main, { graceMs: 5, dryRun: true });
  assert.deepEqual([dry.dryRun, dry.projects.map(({ project }) => project), dry.unread], [true, ['shop'], []]);
  assert.ok(await isThere(main, garbage));
  const first = await collect(main, { graceMs: 5 });
  const packs = (): number =>
    readdirSync(join(folder, 'remote/packs'), { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).length;
  const before = packs();
  await wait(20);
  const second = await collect(main, { graceMs: 5 });

  const action = ({ objects }: RemoteGarbageReport, digest: Digest): string | undefined =>
    objects.find((one) => one.digest === digest)?.action;
  for (const digest of [garbage, old])
    assert.deepEqual(
      [dry, first, second].map((one) => action(one, digest)),
      ['condemn', 'condemn', 'remove'],
    );
  for (const digest of [pinned, hidden]) {
    assert.deepEqual(
      [first, second].map((one) => action(one, digest)),
      ['keep', 'keep'],
    );
    assert.ok(await isThere(main, digest));
  }
  assert.ok(!(await isThere(main, garbage)) && packs() < before);
});

test('a token of a branch collects nothing, whatever its machine takes itself for, nor does a request without a time', async (t) => {
  const { open, collect } = await served(t);
  const [main, branch] = [await open('main'), await open('main', 'branch')];
  const garbage = await put(main, 'garbage');
  await wait(20);

  await assert.rejects(collect(branch, { graceMs: 0 }), /TG-STORE-REMOTE-ZONE: .* collect garbage/);
  await assert.rejects(collect(main, { graceMs: -1 }), /TG-STORE-REMOTE/);

  assert.ok(await isThere(main, garbage));
});

test('what a project needs and cannot be read stops the server from calling anything garbage', async (t) => {
  const { folder, open, collect } = await served(t);
  const main = await open('main');
  const garbage = await put(main, 'garbage');
  await main.replaceRecord('needs/main/shop/one', { format: 'tidegate.remote-needs/9' });
  await wait(20);

  await assert.rejects(collect(main, { graceMs: 1 }), (error: Error) => {
    assert.match(error.message, /TG-STORE-REMOTE: .* what a project needs cannot be read there/);
    assert.ok(!error.message.includes(folder), 'no path of the server');
    return true;
  });
  assert.ok(await isThere(main, garbage));
});
