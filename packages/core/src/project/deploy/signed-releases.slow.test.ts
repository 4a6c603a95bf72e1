import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { publicPem } from '@tidegate/runtime';
import { signaturesOf } from '../../packaging/index.ts';
import { modelKey } from '../models/model-key.ts';
import { makeTestProject, type TestProject, unattended } from '../test-project.ts';
import { shop } from '../test-shop.ts';
import { deploymentsOf, deployTo, environmentsOf } from './environments.ts';

const asked = { release: null, again: false, reason: 'a test', ...unattended };

test('hostile 40: a model file that was changed in a live release is not loaded when its server starts again, and the next deployment brings back the right one', async (t) => {
  const project = makeTestProject(t, shop());
  await project.run({ goal: 'staging' });
  using opened = await project.open();
  const releases = join(opened.home.deployments, 'shop/staging/delivery-api/releases');
  const model = join(releases, readdirSync(releases)[0] ?? '', 'model/model.py');
  const right = readFileSync(model, 'utf8');
  chmodSync(model, 0o644);
  writeFileSync(model, `${right}\n# a line of somebody else\n`);

  process.kill(await serverPid(project), 'SIGKILL');

  const log = join(releases, '../server.log');
  while (!readFileSync(log, 'utf8').includes('"model/model.py" is not what was signed')) await wait(100);
  assert.equal((await environmentsOf(opened)).find(({ name }) => name === 'staging')?.running, false);
  await deployTo(opened, 'staging', asked);
  assert.equal(readFileSync(model, 'utf8'), right);
  assert.equal((await environmentsOf(opened)).find(({ name }) => name === 'staging')?.running, true);
});

test('hostile 40: a release is signed when it is made, and one that tidegate.yaml does not trust any more is not deployed; what is live goes on', async (t) => {
  const project = makeTestProject(t, shop());
  const { release } = await project.run({ goal: 'staging' });
  assert.ok(release !== null);
  const own = publicPem(await modelKeyOf(project));
  project.write({
    'keys/ci.pem': publicPem(generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey),
    'keys/own.pem': own,
    'tidegate.yaml': `${shop()['tidegate.yaml']}signatures: { trusted: [keys/ci.pem] }\n`,
  });
  project.commit('Trust the CI only');

  {
    using opened = await project.open();
    assert.equal(signaturesOf(opened.state, release).length, 1);
    await assert.rejects(deployTo(opened, 'production', { ...asked, release }), /TG-DEPLOY-UNSIGNED/);
    assert.equal(deploymentsOf(opened).length, 1);
    assert.equal((await environmentsOf(opened)).find(({ name }) => name === 'staging')?.running, true);
  }
  project.write({ 'tidegate.yaml': `${shop()['tidegate.yaml']}signatures: { trusted: [keys/ci.pem, keys/own.pem] }\n` });
  using opened = await project.open();
  const live = await deployTo(opened, 'production', { ...asked, release });
  assert.deepEqual([live.release, live.changed], [release, true]);
});

async function serverPid(project: TestProject): Promise<number> {
  using opened = await project.open();
  const state = JSON.parse(readFileSync(join(opened.home.deployments, 'shop/staging/delivery-api/state.json'), 'utf8')) as {
    readonly live: { readonly server: { readonly pid: number } };
  };
  return state.live.server.pid;
}

async function modelKeyOf(project: TestProject): ReturnType<typeof modelKey> {
  using opened = await project.open();
  return await modelKey(opened);
}
