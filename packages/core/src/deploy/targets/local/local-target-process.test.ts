import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { TidegateError } from '@tidegate/formats';
import { placeFolder } from '../../release-folder.ts';
import { readSupervisorState } from './supervisor-process.ts';
import { openLocalBench, place } from './test-bench.ts';

test('a server sees the variables of its environment and where programs are, nothing else of the shell', async (t) => {
  const { target, request, ask } = await openLocalBench(t);

  const { address } = await target.deploy(await request({ answer: 'one' }));

  const variables = JSON.parse(await ask(address, '/variables')) as { readonly [name: string]: string };
  assert.equal(variables['LIMIT'], '3');
  assert.equal(variables['ORT_DISABLE_TELEMETRY'], '1');
  assert.equal(variables['SECRET_OF_THE_SHELL'], undefined);
});

test('requests that a release has taken are finished by it after the switch', async (t) => {
  const { target, request, ask } = await openLocalBench(t);
  const { address } = await target.deploy(await request({ answer: 'slow', requestMs: 400 }));
  const taken = ask(address);
  await wait(150);

  await target.deploy(await request({ answer: 'fast' }));

  assert.match(await taken, /slow/);
  assert.match(await ask(address), /fast/);
});

test('a deployment that is called off while the release loads leaves the live one alone', async (t) => {
  const { target, request, ask } = await openLocalBench(t);
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
  const { target, request, ask } = await openLocalBench(t);
  const other = await openLocalBench(t);
  const { address } = await target.deploy(await request({ answer: 'one' }));
  const taken = await other.target.deploy(await other.request({ answer: 'other' }));

  const wanted = await request({ answer: 'two' }, { port: Number(new URL(taken.address).port) });
  await assert.rejects(target.deploy(wanted), (error: TidegateError) => error.diagnostics[0].code === 'TG-DEPLOY-PORT-TAKEN');

  assert.match(await ask(address), /one/);
});

test('a folder with a path too long for a socket works as well', async (t) => {
  const { target, deployments, request, ask } = await openLocalBench(t, { deep: 'a-folder-with-a-long-name/'.repeat(5) });

  const { address } = await target.deploy(await request({ answer: 'one' }));

  assert.match(await ask(address), /one/);
  const state = await readSupervisorState(placeFolder(deployments, place));
  assert.ok(state && state.control.length < 104);
});

test('a supervisor that cannot be started is said with what it wrote', async (t) => {
  const { target, request } = await openLocalBench(t, {
    serving: [process.execPath, '-e', 'console.error("no room here"); process.exit(7)'],
  });

  await assert.rejects(target.deploy(await request({ answer: 'one' })), /TG-DEPLOY-SUPERVISOR: .*it ended with 7\nno room here/s);
});
