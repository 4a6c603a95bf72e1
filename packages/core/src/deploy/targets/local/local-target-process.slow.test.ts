import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { TidegateError } from '@tidegate/formats';
import { isRunning } from '../../../platform/index.ts';
import { placeFolder } from '../../release-folder.ts';
import { findSupervisor } from './supervisor-process.ts';
import { openLocalBench, place, tinyServing } from './test-bench.ts';

test('a release that says it is ready but does not answer makes way for the one before', async (t) => {
  const { target, request, ask } = await openLocalBench(t, { readyWithinMs: 3_000 });
  const { address } = await target.deploy(await request({ answer: 'one' }));

  await assert.rejects(target.deploy(await request({ answer: 'mute', fails: 'no-answer' })), (error: TidegateError) => {
    assert.match(error.message, /TG-DEPLOY-NOT-READY.*did not answer at its address/);
    return true;
  });

  assert.match(await ask(address), /one/);
});

test('a release that never becomes ready is given up after the time allowed', async (t) => {
  const { target, request } = await openLocalBench(t, { readyWithinMs: 3_000 });

  await assert.rejects(
    target.deploy(await request({ answer: 'never', fails: 'never' })),
    /was not ready within 3 s\nIt wrote:\n {2}loading never/,
  );
});

test('another port in the settings moves the address without a stop', async (t) => {
  const { target, request, ask } = await openLocalBench(t);
  const first = await target.deploy(await request({ answer: 'one' }));
  const port = Number(new URL(first.address).port) + 1;

  const second = await target.deploy(await request({ answer: 'one' }, { port }));

  assert.equal(second.address, `http://127.0.0.1:${port}`);
  assert.match(await ask(second.address), /one/);
  await assert.rejects(ask(first.address), /ECONNREFUSED/);
});

test('two deployments at once start one supervisor', async (t) => {
  const { target, deployments, request } = await openLocalBench(t);

  await Promise.all([target.deploy(await request({ answer: 'one' })), target.deploy(await request({ answer: 'two' }))]);

  const state = await findSupervisor(placeFolder(deployments, place));
  assert.ok(state);
  await eventually(async () => assert.deepEqual(await supervisorsOf(placeFolder(deployments, place)), [state.supervisor.pid]));
});

test('what is deployed outlives the terminal of whoever deployed it', async (t) => {
  const { target, deployments, request, ask } = await openLocalBench(t);
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
  const { target, deployments, request, ask } = await openLocalBench(t);
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

test('a supervisor whose socket was removed can still be replaced and stopped', async (t) => {
  const { target, deployments, request, ask } = await openLocalBench(t);
  const removeSocket = async (): Promise<void> => {
    const state = await findSupervisor(placeFolder(deployments, place));
    assert.ok(state);
    await rm(state.control);
  };
  const { address } = await target.deploy(await request({ answer: 'one' }));
  await removeSocket();

  assert.equal((await target.deploy(await request({ answer: 'two' }))).address, address);
  assert.match(await ask(address), /two/);
  await removeSocket();
  await target.stop(place);

  await assert.rejects(ask(address), /ECONNREFUSED/);
});

/** Ids of processes that supervise the folder; the command line of a model server names it too, for its log. */
async function supervisorsOf(folder: string): Promise<readonly number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')));
  return ids.filter((_, index) => lines[index]?.includes(`\0supervise\0--state\0${folder}\0`)).map(Number);
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
