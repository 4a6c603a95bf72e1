import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { publicPem } from '@tidegate/runtime';
import { type ReleaseTrust, signRelease } from '../packaging/index.ts';
import type { DeployDeps } from './deploy-deps.ts';
import { deployRelease } from './deploy-release.ts';
import { deploymentHistory } from './history.ts';
import { reconcile } from './reconcile.ts';
import { rollback } from './rollback.ts';
import { openBench } from './test-bench.ts';

const signal = new AbortController().signal;
const emit = (): void => {};
const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;

function trusting(deps: DeployDeps, keys: readonly KeyObject[], required = true): DeployDeps {
  const trust: ReleaseTrust = { keys: keys.map((key) => createPublicKey(key)), required };
  return { ...deps, trust: async () => trust };
}

const to = { run: null, commit: 'c0ffee', reason: 'a test', again: false, to: 'staging', signal, emit } as const;

test('hostile 40: what nobody trusted has signed is not deployed, and what is live goes on; signed it is, and verified at every start', async (t) => {
  const { deps, release, answer, world } = await openBench(t);
  const [one, two] = [await release('one'), await release('two')];
  const key = newKey();
  const strict = trusting(deps, [key]);
  await signRelease(deps, one, key);
  await signRelease(deps, two, newKey());
  await deployRelease(strict, { ...to, release: one });

  await assert.rejects(deployRelease(strict, { ...to, release: two }), /TG-DEPLOY-UNSIGNED: .* is signed by /);

  assert.equal(await answer('staging'), 'one');
  assert.equal(world.deployments.at(-1)?.settings.trusted, publicPem(key));
  assert.equal(deploymentHistory(deps.state, 'shop').length, 1);
  await signRelease(deps, two, key);
  await deployRelease(strict, { ...to, release: two });
  assert.equal(await answer('staging'), 'two');
});

test('where no signature is needed a release of nobody is deployed, without a key that its server could verify it by', async (t) => {
  const { deps, release, answer, world } = await openBench(t);

  await deployRelease(trusting(deps, [newKey()], false), { ...to, release: await release('one') });

  assert.equal(await answer('staging'), 'one');
  assert.equal(world.deployments.at(-1)?.settings.trusted, null);
});

test('hostile 40: neither a roll-back nor a start after a crash brings back what is not trusted any more', async (t) => {
  const { deps, release, answer, world } = await openBench(t);
  const [one, two] = [await release('one'), await release('two')];
  await deployRelease(deps, { ...to, release: one });
  await deployRelease(deps, { ...to, release: two });
  const strict = trusting(deps, [newKey()]);

  await assert.rejects(rollback(strict, { environment: 'staging', service: null, reason: 'a test', signal, emit }), /TG-DEPLOY-UNSIGNED/);
  assert.equal(await answer('staging'), 'two');
  world.kill({ project: 'shop', environment: 'staging', service: 'prices' }, 'supervisor');
  await assert.rejects(reconcile(strict, { environment: 'staging', signal, emit }), /TG-DEPLOY-UNSIGNED/);
});
