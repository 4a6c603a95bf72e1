import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Digest, recordJson } from '@tidegate/formats';
import { signaturesOf, signRelease } from '../packaging/index.ts';
import { backedObjectStore, folderObjectStore, folderRemote, openState } from '../store/index.ts';
import { championSource } from './champion-source.ts';
import { appendDeployment, deploymentHistory } from './history.ts';
import { rollback } from './rollback.ts';
import { pushHistory, readSharedHistory, type Sharing } from './shared-history.ts';
import { type DeployBench, openBench } from './test-bench.ts';

const unattended = { service: null, reason: '', signal: new AbortController().signal, emit: () => {} };

/** What the machine of a bench shares into a folder of its own. */
function sharing({ deps }: DeployBench): Sharing {
  return {
    remote: folderRemote(join(deps.root, 'remote'), 'main'),
    state: deps.state,
    store: deps.store,
    project: deps.project,
    clock: deps.platform.clock,
  };
}

/** Another machine that sees the same folder and has an empty home. */
function elsewhere({ deps }: DeployBench): Sharing & Disposable {
  const remote = folderRemote(join(deps.root, 'remote'), 'main');
  const objects = join(deps.root, 'other/objects');
  const state = openState(':memory:');
  const store = backedObjectStore(folderObjectStore(objects), remote, join(objects, 'incoming'));
  return { remote, state, store, project: deps.project, clock: deps.platform.clock, [Symbol.dispose]: () => state[Symbol.dispose]() };
}

async function championAt(bench: DeployBench, machine: Sharing, candidate: Digest): Promise<Digest | null> {
  const source = championSource({ ...bench.deps, ...machine, elsewhere: (environment) => readSharedHistory(machine, environment) });
  return (await source.champion({ project: 'shop', model: 'price', candidate }))?.release ?? null;
}

test('a machine that never deployed finds the champion by the shared history, after a rollback the one before', async (t) => {
  const bench = await openBench(t);
  const [a, b, candidate] = [await bench.release('a'), await bench.release('b'), (await bench.deps.store.putBytes('candidate')).digest];
  await bench.deploy(a, 'production');
  await bench.deploy(b, 'production');
  using other = elsewhere(bench);

  assert.equal(await championAt(bench, other, candidate), null);
  assert.equal(await pushHistory(sharing(bench)), 4);
  assert.equal(await championAt(bench, other, candidate), b);
  assert.equal(await pushHistory(sharing(bench)), 0);
  await rollback(bench.deps, { environment: 'production', ...unattended });
  assert.equal(await pushHistory(sharing(bench)), 1);
  assert.equal(await championAt(bench, other, candidate), a);
  assert.deepEqual(deploymentHistory(other.state, 'shop'), []);
});

test('who has signed a release is known where its history is read', async (t) => {
  const bench = await openBench(t);
  const release = await bench.release('a');
  await signRelease(bench.deps, release, generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey);
  await bench.deploy(release, 'production');
  await pushHistory(sharing(bench));
  using other = elsewhere(bench);

  await readSharedHistory(other, 'production');

  assert.deepEqual(signaturesOf(other.state, release), signaturesOf(bench.deps.state, release));
  assert.equal(signaturesOf(other.state, release).length, 1);
});

test('a home with a history of its own goes by that one', async (t) => {
  const [one, two] = [await openBench(t), await openBench(t)];
  const [a, b] = [await one.release('a'), await two.release('b')];
  await one.deploy(a, 'production');
  await pushHistory(sharing(one));
  await two.deploy(b, 'production');

  const source = championSource({ ...two.deps, elsewhere: (environment) => readSharedHistory(sharing(one), environment) });

  assert.equal((await source.champion({ project: 'shop', model: 'price', candidate: a }))?.release, b);
});

test('a long history is read to its end, and a line that is none ends it', async (t) => {
  const bench = await openBench(t);
  await bench.deploy(await bench.release('a'), 'staging');
  const [{ format: _format, sequence: _sequence, ...line } = assert.fail()] = deploymentHistory(bench.deps.state, 'shop');
  for (let count = 0; count < 50; count++) appendDeployment(bench.deps.state, { ...line, reason: String(count) });
  await pushHistory(sharing(bench));
  using other = elsewhere(bench);

  assert.equal((await readSharedHistory(other, 'staging')).length, 51);
  await other.remote.replaceRecord('deployments/shop/staging/40', recordJson({ ...line, sequence: 41 }));
  assert.equal((await readSharedHistory(other, 'staging')).length, 39);
});

test('the history of another home is never written over', async (t) => {
  const [one, two] = [await openBench(t), await openBench(t)];
  await one.deploy(await one.release('a'), 'staging');
  two.pass(60_000);
  await two.deploy(await two.release('b'), 'staging');
  await pushHistory(sharing(one));
  const intruder = { ...sharing(two), remote: sharing(one).remote };

  await assert.rejects(pushHistory(intruder), /TG-DEPLOY-HISTORY-DIFFERS: Cannot share the history of "staging"/);

  using other = elsewhere(one);
  assert.deepEqual(await readSharedHistory(other, 'staging'), deploymentHistory(one.deps.state, 'shop', { environment: 'staging' }));
});

test('several push at once, and everything is there once', async (t) => {
  const bench = await openBench(t);
  await bench.deploy(await bench.release('a'), 'production');
  await bench.deploy(await bench.release('b'), 'production');

  const pushed = await Promise.all([1, 2, 3].map(() => pushHistory(sharing(bench))));

  assert.equal(
    pushed.reduce((sum, count) => sum + count, 0),
    4,
  );
});
