import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { appendFileSync, copyFileSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openPage, withoutBrowser } from './rig/browser.ts';
import { type Stage, tidegateProgram } from './rig/play.ts';
import { askAgainAndAgain, bearer, headOf, lockCommits, post, production, shopStage, statusOf } from './rig/shop.ts';
import { hasPassed, type RunningUp, startUp } from './rig/up.ts';

/** A change of code and of data, so that the lock moves. */
async function change(at: Stage, number: number): Promise<void> {
  writeFileSync(join(at.project, 'weight.txt'), String(number));
  appendFileSync(join(at.project, 'data/orders.csv'), `p${number},2024-01-01 20:00:00,Ulm,${number % 10},false\n`);
  await at.git(['commit', '--quiet', '--all', '--message', `Change ${number}`]);
}

const row = { town: 'Ulm', distance: 3 };

test('a commit goes live with the lock committed once, and the next one replaces it while requests go on', async () => {
  await using at = await shopStage();
  using up = startUp(at);
  await up.noted(hasPassed);
  const first = production(await statusOf(at));
  const [lock, ...more] = await lockCommits(at);
  assert.equal(first?.commit, await headOf(at), 'the commit of the lock is what is live');
  assert.equal(lock, first?.commit);
  assert.deepEqual(more, []);
  await using load = askAgainAndAgain(first?.address ?? '', { rows: [row] });
  const before = up.notes.length;

  await change(at, 2);
  await up.noted(hasPassed, before);

  const counts = await load.stop();
  assert.deepEqual([...counts.keys()], ['200'], JSON.stringify([...counts]));
  const second = production(await statusOf(at));
  assert.equal(second?.commit, await headOf(at));
  assert.notEqual(second?.commit, first?.commit);
  assert.equal((await lockCommits(at)).length, 2);
  assert.equal((await at.git(['status', '--porcelain', '--', '.'])).stdout, '', 'nothing is left in the tree');
  assert.equal(await up.end('SIGINT'), 0);
  assert.equal((await fetch(`${second?.address}/v2/health/ready`)).status, 200, 'what is live stays up');
});

test('a change that the gate refuses changes nothing, says why, and is not tried again', async () => {
  await using at = await shopStage();
  using up = startUp(at);
  await up.noted(hasPassed);
  const before = production(await statusOf(at))?.commit;
  writeFileSync(join(at.project, 'train.py'), readFileSync(join(at.project, 'train.py'), 'utf8').replace('min(1.0,', '1 - min(1.0,'));
  await at.git(['commit', '--quiet', '--all', '--message', 'Turn it round']);

  const ended = await up.noted((what) => what.kind === 'path-ended' && what.outcome !== 'passed');

  assert.ok(ended.kind === 'path-ended');
  assert.equal(ended.outcome, 'refused');
  assert.ok(ended.exit >= 3 && ended.exit <= 5);
  assert.match(ended.failure?.message ?? '', /models\.late/);
  assert.equal(production(await statusOf(at))?.commit, before);
  assert.equal((await at.tidegate(['up', '--once'])).code, 0, 'another process at work: nothing to do');
  await up.end('SIGTERM');
  const again = await at.tidegate(['up', '--once', '--json']);
  assert.equal(again.code, 0);
  assert.doesNotMatch(again.stdout, /path-begun/);
});

test('rows that are pushed are in the answers once the push is answered, and files that arrive once they are at rest', async () => {
  await using at = await shopStage();
  using up = startUp(at);
  await up.noted(hasPassed);
  await up.noted(({ kind }) => kind === 'features-refreshed');
  const status = await statusOf(at);
  const [address, service] = [status.up?.address ?? '', production(status)?.address ?? ''];
  const headers = bearer(status);
  const predict = async (): Promise<string> =>
    JSON.stringify(await post(service, { path: '/v1/predict', body: { rows: [row] } })).replace(/"id":"[^"]*"/g, '');
  const push = (rain: number, moment: string): Promise<unknown> =>
    post(address, { path: '/push', headers, body: { dataset: 'weather', rows: [{ town: 'Ulm', moment, rain }] } });
  const run = status.lastRun;

  await push(0, '2024-01-02T01:00:00Z');
  const dry = await predict();
  const pushed = (await push(9, '2024-01-02T02:00:00Z')) as { accepted: number; refreshed: { datasets: readonly { arrived: number }[] } };
  const wet = await predict();

  assert.equal(pushed.accepted, 1);
  assert.deepEqual(
    pushed.refreshed.datasets.map(({ arrived }) => arrived),
    [1],
  );
  assert.notEqual(wet, dry);
  const before = up.notes.length;
  copyFileSync(join(at.project, 'data/weather/first.parquet'), join(at.project, 'data/weather/second.parquet'));
  const seen = await up.noted(({ kind }) => kind === 'features-refreshed', before);
  assert.ok(seen.kind === 'features-refreshed');
  assert.deepEqual([seen.why, seen.datasets[0]?.arrived], ['data-changed', 400]);
  assert.deepEqual((await statusOf(at)).lastRun, run, 'data alone starts no run');
});

test('a second process waits, says for whom, and takes over when the first is killed', async () => {
  await using at = await shopStage();
  using first = startUp(at);
  await first.noted((what) => what.kind === 'up-started');

  using second = startUp(at);
  await second.saying(`Process ${first.child.pid} watches this project already`);
  assert.equal((await statusOf(at)).up?.pid, first.child.pid);
  await first.end('SIGKILL');
  await second.noted(hasPassed);

  const status = await statusOf(at);
  assert.equal(status.up?.pid, second.child.pid);
  assert.equal(production(status)?.commit, await headOf(at));
});

/** Where a process is killed: so long after this note. */
const moments = [
  ...[0, 200, 500, 900, 1_400, 2_000].map((ms) => ({ after: 'path-begun', ms }) as const),
  ...[0, 200, 500, 900, 1_400].map((ms) => ({ after: 'lock-committed', ms }) as const),
];

test('killed at any moment of a change, the next one finishes it: the right release live, the lock committed once, nothing left running', async (t) => {
  await using at = await shopStage();
  assert.equal((await at.tidegate(['up', '--once'])).code, 0);
  for (const [index, { after, ms }] of moments.entries()) {
    await change(at, 10 + index);
    const locks = (await lockCommits(at)).length;
    {
      using up = startUp(at);
      await up.noted(({ kind }) => kind === after);
      await pause(ms); // where it is then is left to chance
      await up.end('SIGKILL');
      t.diagnostic(`killed ${ms} ms after ${after}: ${up.notes.map(({ kind }) => kind).join(', ')}`);
    }

    const { code, stdout, stderr } = await at.tidegate(['up', '--once']);

    const where = `killed ${ms} ms after ${after}`;
    assert.equal(code, 0, `${where}: ${stdout}\n${stderr}`);
    assert.equal(production(await statusOf(at))?.commit, await headOf(at), where);
    assert.equal((await lockCommits(at)).length, locks + 1, where);
    assert.deepEqual(processesIn(join(at.home, 'workspaces')), [], where);
  }
});

/** Ids of processes at work in a folder or below it. */
function processesIn(folder: string): readonly string[] {
  const isThere = (pid: string): boolean => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
    } catch {
      return false; // gone, or of another user
    }
  };
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isThere(name));
}

test('a service that is live and does not run is started again at its address; one that was stopped stays stopped', async () => {
  await using at = await shopStage();
  using up = startUp(at);
  await up.noted(hasPassed);
  const address = production(await statusOf(at))?.address ?? '';
  assert.equal((await at.tidegate(['stop', 'staging'])).code, 0);

  for (const pid of supervisorsOf(at.home)) process.kill(Number(pid), 'SIGKILL');
  const started = await up.noted(({ kind }) => kind === 'services-started');

  assert.deepEqual(started, { kind: 'services-started', environment: 'production', services: ['delivery-api'] });
  await post(address, { path: '/v1/predict', body: { rows: [row] } });
  await up.end('SIGTERM');
  for (const pid of supervisorsOf(at.home)) process.kill(Number(pid), 'SIGKILL');
  const again = await at.tidegate(['up', '--once', '--json']);
  assert.match(again.stdout, /services-started/);
  assert.doesNotMatch(again.stdout, /"staging"/);
});

/** Ids of the supervisors of a home. */
function supervisorsOf(home: string): readonly string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      return command.includes('supervise') && command.some((word) => word.startsWith(home));
    } catch {
      return false; // gone
    }
  });
}

test('status --watch goes on looking until Ctrl-C, with a line for each change', async () => {
  await using at = await shopStage();
  const child = spawn(process.execPath, [tidegateProgram, 'status', '--watch', '--json'], {
    cwd: at.project,
    env: at.variables,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = new Promise<number | null>((done) => child.once('close', done));
  const seen: string[] = [];
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<{ readonly up: { readonly pid: number; readonly doing: object | null } | null }> => {
    const { value } = await lines.next();
    seen.push(String(value));
    return JSON.parse(String(value)) as { up: { pid: number; doing: object | null } | null };
  };
  assert.equal((await next()).up, null);

  using up = startUp(at);
  let found = await next();
  while (found.up === null) found = await next();

  assert.equal(found.up.pid, up.child.pid);
  child.kill('SIGINT');
  assert.equal(await closed, 0);
  assert.equal(new Set(seen).size, seen.length, 'no line is like another one');
});

test('an open page brings itself up to date, and says so when nobody answers any more', { skip: withoutBrowser }, async () => {
  await using at = await shopStage();
  using up = startUp(at);
  await up.noted(hasPassed);
  await using page = await openPage((await statusOf(at)).up?.address ?? '');
  const until = async (expression: string): Promise<void> => {
    while ((await page.value(expression)) !== true) await pause(100);
  };
  await until("document.querySelector('h1')?.textContent === 'shop'");
  await until("document.getElementById('now').textContent.includes('nothing is due')");
  const before = up.notes.length;

  await change(at, 3);
  await up.noted(hasPassed, before);
  await until("document.getElementById('change').textContent.includes('Change 3')");
  await until("document.getElementById('live').textContent.includes('answers')");

  assert.equal(await page.value("document.getElementById('lost').hidden"), true);
  assert.deepEqual(page.complaints, []);
  await up.end('SIGTERM');
  await until("!document.getElementById('lost').hidden");
});

test('Ctrl-C stops what is under way in order, and the next start goes on', async () => {
  await using at = await shopStage();
  using up = startUp(at);
  await up.noted((what) => what.kind === 'path-begun');

  assert.equal(await up.end('SIGINT'), 0);

  assert.deepEqual(endsOf(up), ['cancelled', 'asked']);
  using again = startUp(at);
  await again.noted(hasPassed);
  assert.equal(production(await statusOf(at))?.commit, await headOf(at));
});

function endsOf(up: RunningUp): readonly string[] {
  return up.notes.flatMap((what) => (what.kind === 'path-ended' ? [what.outcome] : what.kind === 'up-ended' ? [what.why] : []));
}
