import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LoopEvent } from '@tidegate/formats';
import { systemPlatform } from '../platform/index.ts';
import { openProject } from '../project/index.ts';
import { makeWatchedProject, type WatchedProject } from './test-project.ts';
import { up } from './test-up.ts';
import type { UpOptions } from './up.ts';
import { upFolder, upOwner } from './up-folder.ts';

const files = {
  'tidegate.yaml': 'version: 1\nproject: copies\nsteps: { copy: { run: cp in.txt out.txt, out: { copy: out.txt } } }\n',
  'in.txt': '1',
};

const hasEnded = (what: LoopEvent): boolean => what.kind === 'path-ended';

async function once(project: WatchedProject, more: Partial<UpOptions> = {}): Promise<readonly string[]> {
  const run = up(project, { once: true, ...more });
  const code = await run.ended;
  return [...run.notes.map((what) => (what.kind === 'path-ended' ? `${what.kind}: ${what.outcome}` : what.kind)), `exit ${code}`];
}

test('once does what is due and ends; the second time nothing is', async (t) => {
  const project = makeWatchedProject(t, files);

  assert.deepEqual(await once(project), ['up-started', 'path-begun', 'path-ended: passed', 'up-ended', 'exit 0']);
  assert.deepEqual(await once(project), ['up-started', 'up-ended', 'exit 0']);
});

test('a commit that fails ends once with its exit code, and is not tried again until there is another one', async (t) => {
  const project = makeWatchedProject(t, {
    ...files,
    'tidegate.yaml': files['tidegate.yaml'].replace('cp in.txt out.txt', 'cp no.txt out.txt'),
  });

  assert.deepEqual(await once(project), ['up-started', 'path-begun', 'path-ended: failed', 'up-ended', 'exit 1']);
  assert.deepEqual(await once(project), ['up-started', 'up-ended', 'exit 0']);
  project.write(files);
  project.commit('Correct it');
  assert.deepEqual(await once(project), ['up-started', 'path-begun', 'path-ended: passed', 'up-ended', 'exit 0']);
});

test('a tidegate.yaml with mistakes fails its commit and ends nothing', async (t) => {
  const project = makeWatchedProject(t, files);
  const run = up(project);
  await run.noted(hasEnded);
  project.write({ 'tidegate.yaml': 'version: 1\nsteps: [\n' });
  project.commit('Break it');

  const broken = await run.noted((what) => what.kind === 'path-ended' && what.outcome === 'failed');
  project.write(files);
  project.commit('Mend it');
  await run.noted((what) => what.kind === 'path-ended' && what.why.kind === 'new-commit' && what.why.before !== null && what.exit === 0);

  assert.ok(broken.kind === 'path-ended' && broken.exit === 2);
  assert.equal(await run.end(), 0);
});

test('uncommitted changes, a merge under way and a head on no branch are waited for, and told once', async (t) => {
  const project = makeWatchedProject(t, files);

  project.write({ 'in.txt': '2' });
  const dirty = up(project, { once: true });
  assert.equal(await dirty.ended, 1);
  project.commit('Two');
  project.git('checkout', '--quiet', '--detach');
  const detached = up(project, { once: true });
  assert.equal(await detached.ended, 1);
  project.git('checkout', '--quiet', 'main');
  project.git('update-ref', 'MERGE_HEAD', 'HEAD');
  const merging = up(project, { once: true });
  assert.equal(await merging.ended, 1);

  const hindrances = [dirty, detached, merging].map(({ notes }) =>
    notes.flatMap((what) => (what.kind === 'hindered' ? [what.hindrance] : [])),
  );
  assert.deepEqual(hindrances, [
    [{ kind: 'uncommitted', files: ['in.txt'] }],
    [{ kind: 'detached' }],
    [{ kind: 'under-way', operation: 'merge' }],
  ]);
});

test('the page and its API answer on this machine only to those who may', async (t) => {
  const project = makeWatchedProject(t, files);
  const run = up(project);
  await run.noted(hasEnded);
  using opened = await project.open();
  const owner = await upOwner(opened);
  const address = owner?.address ?? '';
  const token = readFileSync(owner?.token ?? '', 'utf8').trim();
  const port = address.slice(address.lastIndexOf(':') + 1);
  const ask = async (path: string, init: RequestInit & { headers?: { readonly [name: string]: string } } = {}): Promise<string> => {
    const answer = await fetch(`${address}${path}`, init);
    const text = await answer.text();
    return `${answer.status} ${answer.ok ? '' : (JSON.parse(text) as { code: string }).code}`.trim();
  };
  const json = { 'content-type': 'application/json' };
  const bearer = { ...json, authorization: `Bearer ${token}` };

  assert.equal(owner?.pid, process.pid);
  assert.equal(statSync(owner.token).mode & 0o777, 0o600);
  assert.equal(await ask('/'), '200');
  assert.equal(await ask('/api/status'), '200');
  assert.equal(await ask('/api/status', { headers: { origin: 'http://evil.example' } }), '403 TG-LOOP-FOREIGN');
  assert.equal(await foreignHost(Number(port)), 403);
  assert.equal(await ask('/nothing'), '404 TG-LOOP-PATH');
  assert.equal(await ask('/run'), '404 TG-LOOP-PATH');
  assert.equal(await ask('/run', { method: 'POST', headers: json, body: '{}' }), '401 TG-LOOP-TOKEN');
  assert.equal(await ask('/run', { method: 'POST', headers: { ...json, authorization: 'Bearer x' }, body: '{}' }), '401 TG-LOOP-TOKEN');
  assert.equal(
    await ask('/run', { method: 'POST', headers: { ...bearer, 'content-type': 'text/plain' }, body: '{}' }),
    '415 TG-LOOP-MEDIA',
  );
  assert.equal(await ask('/run', { method: 'POST', headers: bearer, body: '{' }), '400 TG-LOOP-BODY');
  assert.equal(await ask('/run', { method: 'POST', headers: bearer, body: `"${'x'.repeat(9 << 20)}"` }), '413 TG-LOOP-TOO-LONG');
  for (const body of [
    '[]',
    '{"dataset":"x"}',
    '{"dataset":1,"rows":[]}',
    '{"dataset":"x","rows":[],"batch":1}',
    '{"dataset":"x","rows":[],"to":1}',
  ])
    assert.equal(await ask('/push', { method: 'POST', headers: bearer, body }), '400 TG-LOOP-BODY', body);
  assert.equal(await ask('/push', { method: 'POST', headers: bearer, body: '{"dataset":"x","rows":[]}' }), '400 TG-CLI-NOT-FOUND');
  assert.equal(await ask('/refresh', { method: 'POST', headers: bearer, body: '{}' }), '400 TG-CLI-NOT-FOUND');
  await t.test('hostile 34: no path and no name leads anywhere else, in whatever form', async () => {
    for (const name of ['..', '../../etc/passwd', '%2e%2e', '%252e%252e', '..%2Fx', 'x;y', '__proto__', 'constructor', '@x', 'a\0b']) {
      for (const path of [`/${name}`, `/api/${name}`, `/api/status/${name}`, `/api%2Fstatus?${name}`, `//${name}`].filter(isSendable))
        assert.equal(await rawStatus(Number(port), path), 404, path);
      const [push, check] = [{ dataset: name, rows: [] }, { monitors: [name] }].map((body) => JSON.stringify(body));
      assert.equal(await ask('/push', { method: 'POST', headers: bearer, body: push ?? '' }), '400 TG-CLI-NOT-FOUND', name);
      assert.equal(await ask('/check', { method: 'POST', headers: bearer, body: check ?? '' }), '400 TG-CLI-NOT-FOUND', name);
    }
  });
  assert.equal(await ask('/run', { method: 'POST', headers: bearer, body: '{}' }), '202');
  await run.noted((what) => what.kind === 'path-ended' && what.why.kind === 'asked');
});

/** `fetch` does not let a host be told. */
async function foreignHost(port: number): Promise<number> {
  return rawStatus(port, '/api/status', { host: `evil.example:${port}` });
}

/** The status of an answer to a path that is sent as it is: `fetch` would take it apart. */
async function rawStatus(port: number, path: string, headers: { readonly host?: string } = {}): Promise<number> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.once('error', reject);
    sent.end();
  });
}

/** Whether Node's client sends the path at all. */
function isSendable(path: string): boolean {
  return !path.includes('\0');
}

test('the port is kept from one start to the next; one that is asked for and taken is refused', async (t) => {
  const project = makeWatchedProject(t, files);
  using opened = await project.open();
  const addressOnce = async (): Promise<string | null | undefined> => {
    const run = up(project);
    await run.noted((what) => what.kind === 'up-started');
    const owner = await upOwner(opened);
    await run.end();
    return owner?.address;
  };

  const first = await addressOnce();
  const second = await addressOnce();
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => other.once('listening', done));
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  assert.ok(first?.startsWith('http://127.0.0.1:'));
  assert.equal(second, first);
  await assert.rejects(up(project, { port }).ended, /TG-LOOP-PORT/);
  other.close();
});

test('a project in no Git repository is refused', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-no-git-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const project = makeWatchedProject(t, files);
  const variables = { ...systemPlatform.variables, TIDEGATE_HOME: join(folder, 'home') };
  rmSync(join(project.root, '.git'), { recursive: true });

  await assert.rejects(
    up(project, {
      open: () => openProject({ root: project.root, platform: { ...systemPlatform, variables }, serving: { argv: [], version: '0' } }),
    }).ended,
    /TG-LOOP-NO-GIT/,
  );
});

test('every note is a line of the log file', async (t) => {
  const project = makeWatchedProject(t, files);
  await once(project);
  using opened = await project.open();

  const lines = readFileSync(upFolder(opened).log, 'utf8').trim().split('\n');

  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as LoopEvent).kind),
    ['up-started', 'path-begun', 'path-ended', 'up-ended'],
  );
});
