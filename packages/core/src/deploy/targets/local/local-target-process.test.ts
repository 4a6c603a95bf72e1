import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { TidegateError } from '@tidegate/formats';
import { digestOfBytes, isRunning, openHttpClient, systemPlatform } from '../../../platform/index.ts';
import type { DeployRequest, Target } from '../../target.ts';
import { localTarget } from './local-target.ts';
import { placeFolder } from '../../release-folder.ts';
import { findSupervisor, readSupervisorState } from './supervisor-process.ts';

const tinyServing = resolve(import.meta.dirname, '../../../../../serving/src/supervise/fixtures/tiny-serving.ts');
const place = { project: 'shop', environment: 'staging', service: 'prices' };

interface Bench {
  readonly target: Target;
  readonly deployments: string;
  readonly request: (tiny: object, more?: Partial<DeployRequest>) => Promise<DeployRequest>;
  readonly ask: (address: string, path?: string) => Promise<string>;
}

/** A local target in a temporary folder, `deep` folders below it; what it started is ended after the test. */
async function open(t: { after: (end: () => Promise<void>) => void }, deep = ''): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-local-'));
  const deployments = join(root, deep, 'deployments');
  const target = localTarget({
    ...{ deployments, serving: { argv: [process.execPath, tinyServing] }, readyWithinMs: 3_000 },
    platform: { ...systemPlatform, variables: { PATH: process.env['PATH'], SECRET_OF_THE_SHELL: 'x' } },
  });
  t.after(async () => {
    await target.stop(place);
    await rm(root, { recursive: true, force: true });
  });
  return {
    target,
    deployments,
    request: async (tiny, more = {}) => {
      const content = JSON.stringify(tiny);
      const folder = join(root, 'releases', digestOfBytes(content).slice(7, 19));
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'tiny.json'), content);
      const settings = { variables: { LIMIT: '3' }, online: null, python: null };
      return {
        place,
        release: digestOfBytes(content),
        folder,
        settings,
        port: 0,
        signal: new AbortController().signal,
        emit: () => {},
        ...more,
      };
    },
    ask: async (address, path = '/') => {
      using client = openHttpClient();
      const signal = new AbortController().signal;
      return (await client.send({ url: `${address}${path}`, method: 'GET', headers: {}, body: null, timeoutMs: 10_000, signal })).body;
    },
  };
}

test('a server sees the variables of its environment and where programs are, nothing else of the shell', async (t) => {
  const { target, request, ask } = await open(t);

  const { address } = await target.deploy(await request({ answer: 'one' }));

  const variables = JSON.parse(await ask(address, '/variables')) as { readonly [name: string]: string };
  assert.equal(variables['LIMIT'], '3');
  assert.equal(variables['ORT_DISABLE_TELEMETRY'], '1');
  assert.equal(variables['SECRET_OF_THE_SHELL'], undefined);
});

test('requests that a release has taken are finished by it after the switch', async (t) => {
  const { target, request, ask } = await open(t);
  const { address } = await target.deploy(await request({ answer: 'slow', requestMs: 400 }));
  const taken = ask(address);
  await wait(150);

  await target.deploy(await request({ answer: 'fast' }));

  assert.match(await taken, /slow/);
  assert.match(await ask(address), /fast/);
});

test('a release that says it is ready but does not answer makes way for the one before', async (t) => {
  const { target, request, ask } = await open(t);
  const { address } = await target.deploy(await request({ answer: 'one' }));

  await assert.rejects(target.deploy(await request({ answer: 'mute', fails: 'no-answer' })), (error: TidegateError) => {
    assert.match(error.message, /TG-DEPLOY-NOT-READY.*did not answer at its address/);
    return true;
  });

  assert.match(await ask(address), /one/);
});

test('a release that never becomes ready is given up after the time allowed', async (t) => {
  const { target, request } = await open(t);

  await assert.rejects(
    target.deploy(await request({ answer: 'never', fails: 'never' })),
    /was not ready within 3 s\nIt wrote:\n {2}loading never/,
  );
});

test('a deployment that is called off while the release loads leaves the live one alone', async (t) => {
  const { target, request, ask } = await open(t);
  const { address } = await target.deploy(await request({ answer: 'one' }));
  const callOff = new AbortController();
  const deployment = target.deploy(await request({ answer: 'heavy', loadMs: 60_000 }, { signal: callOff.signal }));
  await wait(300);

  callOff.abort(new Error('called off'));

  await assert.rejects(deployment, /called off/);
  assert.match(await ask(address), /one/);
  assert.match(await ask((await target.deploy(await request({ answer: 'two' }))).address), /two/);
});

test('a port that another program has is said to be taken, and the live release stays', async (t) => {
  const { target, request, ask } = await open(t);
  const other = await open(t);
  const { address } = await target.deploy(await request({ answer: 'one' }));
  const taken = await other.target.deploy(await other.request({ answer: 'other' }));

  const wanted = await request({ answer: 'two' }, { port: Number(new URL(taken.address).port) });
  await assert.rejects(target.deploy(wanted), (error: TidegateError) => error.diagnostics[0].code === 'TG-DEPLOY-PORT-TAKEN');

  assert.match(await ask(address), /one/);
});

test('another port in the settings moves the address without a stop', async (t) => {
  const { target, request, ask } = await open(t);
  const first = await target.deploy(await request({ answer: 'one' }));
  const port = Number(new URL(first.address).port) + 1;

  const second = await target.deploy(await request({ answer: 'one' }, { port }));

  assert.equal(second.address, `http://127.0.0.1:${port}`);
  assert.match(await ask(second.address), /one/);
  await assert.rejects(ask(first.address), /ECONNREFUSED/);
});

test('two deployments at once start one supervisor', async (t) => {
  const { target, deployments, request } = await open(t);

  await Promise.all([target.deploy(await request({ answer: 'one' })), target.deploy(await request({ answer: 'two' }))]);

  const state = await findSupervisor(placeFolder(deployments, place));
  assert.ok(state);
  await eventually(async () => assert.deepEqual(await processesNaming(placeFolder(deployments, place)), [state.supervisor.pid]));
});

test('a folder with a path too long for a socket works as well', async (t) => {
  const { target, deployments, request, ask } = await open(t, 'a-folder-with-a-long-name/'.repeat(5));

  const { address } = await target.deploy(await request({ answer: 'one' }));

  assert.match(await ask(address), /one/);
  const state = await readSupervisorState(placeFolder(deployments, place));
  assert.ok(state && state.control.length < 104);
});

test('what is deployed outlives the terminal of whoever deployed it', async (t) => {
  const { target, deployments, request, ask } = await open(t);
  const { signal: _signal, emit: _emit, ...wanted } = await request({ answer: 'one' });
  const script = `
    import { localTarget } from ${JSON.stringify(join(import.meta.dirname, 'local-target.ts'))};
    import { systemPlatform } from ${JSON.stringify(resolve(import.meta.dirname, '../../../platform/index.ts'))};
    await localTarget({ ...${JSON.stringify({ deployments, serving: { argv: [process.execPath, tinyServing] } })}, platform: systemPlatform })
      .deploy({ ...${JSON.stringify(wanted)}, signal: new AbortController().signal, emit: () => {} });
    console.log('deployed');
    setInterval(() => {}, 1000);`;
  const shell = spawn(process.execPath, ['--input-type=module', '-e', script], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((done) => shell.stdout.once('data', done));

  for (const signal of ['SIGHUP', 'SIGKILL'] as const) process.kill(-(shell.pid ?? 0), signal);
  await new Promise((done) => shell.once('exit', done));

  const status = await target.status(place);
  assert.equal(status.running, true);
  assert.match(await ask(status.address ?? ''), /one/);
});

test('a supervisor that gets SIGTERM lets its server finish and ends', async (t) => {
  const { target, deployments, request, ask } = await open(t);
  const { address } = await target.deploy(await request({ answer: 'slow', requestMs: 500 }));
  const state = await findSupervisor(placeFolder(deployments, place));
  assert.ok(state?.live?.server);
  const taken = ask(address);
  await wait(150);

  process.kill(state.supervisor.pid, 'SIGTERM');

  assert.match(await taken, /slow/);
  await eventually(async () => assert.ok(!isRunning(state.supervisor)));
  assert.equal((await target.status(place)).running, false);
});

/** Ids of processes whose command line names the folder. */
async function processesNaming(folder: string): Promise<readonly number[]> {
  const { readFile } = await import('node:fs/promises');
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return ids.filter((_, index) => lines[index]?.includes(folder)).map(Number);
}

async function eventually(statement: () => Promise<void>): Promise<void> {
  const until = performance.now() + 20_000;
  for (;;) {
    try {
      return await statement();
    } catch (error) {
      if (performance.now() > until) throw error;
      await wait(20);
    }
  }
}
