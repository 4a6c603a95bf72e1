import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Deployment, TidegateError } from '@tidegate/formats';
import { deployRelease } from './deploy-release.ts';
import { deploymentHistory, liveAfter, liveAt } from './history.ts';
import { reconcile } from './reconcile.ts';
import { placeFolder, releaseFolder } from './release-folder.ts';
import { rollback } from './rollback.ts';
import { serviceStatuses } from './service-status.ts';
import { stopEnvironment } from './stop.ts';
import type { Target } from './target.ts';
import { openBench } from './test-bench.ts';

const signal = new AbortController().signal;
const emit = (): void => {};

/** The history as one text a line: action, what became live, what it replaced. */
function linesOf(history: readonly Deployment[], names: { readonly [name: string]: string }): readonly string[] {
  const nameOf = (digest: string | null): string =>
    digest === null ? '-' : (Object.entries(names).find(([, value]) => value === digest)?.[0] ?? '?');
  return history.map(({ environment, action, release, replaced }) => `${environment} ${action} ${nameOf(release)} for ${nameOf(replaced)}`);
}

test('a release goes through staging to production, tested in each, and the history says so', async (t) => {
  const { deps, deploy, release, answer, events } = await openBench(t);
  const one = await release('one');

  const outcomes = await deploy(one, 'production', { reason: 'the first' });

  assert.deepEqual(
    outcomes.map(({ environment, kind, report }) => [environment, kind, report?.passed]),
    [
      ['staging', 'live', 2],
      ['production', 'live', 2],
    ],
  );
  assert.equal(await answer('production'), 'one');
  assert.deepEqual(linesOf(deploymentHistory(deps.state, 'shop'), { one }), ['staging deploy one for -', 'production deploy one for -']);
  const [line] = deploymentHistory(deps.state, 'shop', { environment: 'production' });
  assert.deepEqual(
    {
      ...line,
      at: null,
      settings: null,
      tests: {
        ...line?.tests,
        cases: line?.tests?.cases?.map(({ name, outcome }) => [name, outcome]),
        of: /^sha256:[0-9a-f]{64}$/.test(line?.tests?.of ?? ''),
      },
    },
    {
      format: 'tidegate.deployment/1',
      sequence: 1,
      project: 'shop',
      environment: 'production',
      service: 'prices',
      action: 'deploy',
      release: one,
      replaced: null,
      run: null,
      commit: 'c0ffee',
      at: null,
      by: 'ann',
      reason: 'the first',
      switchMs: 1,
      address: 'http://127.0.0.1:40001',
      settings: null,
      tests: {
        passed: 2,
        failed: 0,
        cases: [
          ['the service is ready', 'passed'],
          ['the answer is good', 'passed'],
        ],
        of: true,
      },
    },
  );
  assert.deepEqual(
    events.filter(({ kind }) => kind === 'deployed').map((event) => 'environment' in event && event.environment),
    ['staging', 'production'],
  );
});

test('deploying what is live and tested does nothing', async (t) => {
  const { deps, deploy, release, world } = await openBench(t);
  const one = await release('one');
  await deploy(one, 'production');

  const outcomes = await deploy(one, 'production');

  assert.deepEqual(
    outcomes.map(({ kind, report }) => [kind, report]),
    [
      ['as-before', null],
      ['as-before', null],
    ],
  );
  assert.equal(world.deployments.length, 2);
  assert.equal(deploymentHistory(deps.state, 'shop').length, 2);
});

test('other variables of an environment make another deployment of the same release', async (t) => {
  const { deps, deploy, release, world } = await openBench(t);
  const one = await release('one');
  await deploy(one, 'staging');
  const staging = deps.environments['staging'];
  assert.ok(staging);

  const changed = { ...deps, environments: { ...deps.environments, staging: { ...staging, variables: { LIMIT: '9' } } } };
  await deployRelease(changed, { release: one, to: 'staging', run: null, commit: 'c0ffee', reason: '', again: false, signal, emit });

  assert.deepEqual(
    world.deployments.map(({ settings }) => settings.variables),
    [{}, { LIMIT: '9' }],
  );
});

test('failing API tests bring back what was live before, and what comes after is not touched', async (t) => {
  const { deps, deploy, release, answer } = await openBench(t);
  const [one, bad] = [await release('one'), await release('bad')];
  await deploy(one, 'production');

  const outcomes = await deploy(bad, 'production');

  assert.deepEqual(
    outcomes.map(({ environment, kind, report }) => [environment, kind, report?.failed]),
    [['staging', 'returned', 1]],
  );
  assert.equal(await answer('staging'), 'one');
  assert.equal(await answer('production'), 'one');
  const history = deploymentHistory(deps.state, 'shop', { environment: 'staging' });
  assert.deepEqual(linesOf(history, { one, bad }), [
    'staging deploy one for -',
    'staging deploy bad for one',
    'staging rollback one for bad',
  ]);
  assert.match(history.at(-1)?.reason ?? '', /^API tests of [0-9a-f]{12} failed: "the answer is good"$/);
});

test('failing API tests of the very first release stop it', async (t) => {
  const { deps, deploy, release, answer } = await openBench(t);
  const bad = await release('bad');

  const [outcome] = await deploy(bad, 'production');

  assert.equal(outcome?.kind, 'returned');
  assert.equal(await answer('staging'), null);
  assert.deepEqual(linesOf(deploymentHistory(deps.state, 'shop'), { bad }), ['staging deploy bad for -', 'staging stop - for bad']);
});

test('what was taken back is not deployed again by itself, but when somebody insists', async (t) => {
  const { deploy, release, deps, answer } = await openBench(t);
  const [one, two, bad] = [await release('one'), await release('two'), await release('bad')];
  await deploy(one, 'staging');
  await deploy(two, 'staging');
  await rollback(deps, { environment: 'staging', service: null, reason: 'too many late calls', signal, emit });
  await deploy(bad, 'staging');

  for (const refused of [two, bad])
    await assert.rejects(deploy(refused, 'staging'), (error) => {
      assert.ok(error instanceof TidegateError);
      assert.equal(error.diagnostics[0].code, 'TG-DEPLOY-TAKEN-BACK');
      assert.match(error.diagnostics[0].hint ?? '', /tidegate deploy staging [0-9a-f]{12} --again$/);
      return true;
    });
  await deploy(two, 'staging', { again: true });

  assert.equal(await answer('staging'), 'two');
  assert.equal((await deploy(two, 'staging'))[0]?.kind, 'as-before');
});

test('a release that does not become ready changes neither what is live nor the history', async (t) => {
  const { deps, deploy, release, answer, world } = await openBench(t);
  const [one, two] = [await release('one'), await release('two')];
  await deploy(one, 'staging');
  world.script(two, { broken: 'no such file' });

  await assert.rejects(deploy(two, 'staging'), /TG-DEPLOY-NOT-READY/);

  assert.equal(await answer('staging'), 'one');
  assert.equal(deploymentHistory(deps.state, 'shop').length, 1);
});

test('uncommitted changes get to the first environment and no further', async (t) => {
  const { deploy, release, answer } = await openBench(t);
  const one = await release('one');

  await assert.rejects(deploy(one, 'production', { commit: null }), /TG-DEPLOY-UNCOMMITTED/);

  assert.equal(await answer('staging'), 'one');
  assert.equal(await answer('production'), null);
  await deploy(one, 'production', { commit: 'c0ffee' }); // the same release, made by a commit
  assert.equal(await answer('production'), 'one');
  assert.equal((await deploy(one, 'production', { commit: null }))[1]?.kind, 'as-before');
});

test('a rollback goes back to the release before, twice to the one before that', async (t) => {
  const { deps, deploy, release, answer, world, pass } = await openBench(t);
  const names = { one: await release('one'), two: await release('two'), three: await release('three') };
  for (const digest of Object.values(names)) await deploy(digest, 'staging');
  pass(60_000);

  const { deployment, report } = await rollback(deps, { environment: 'staging', service: null, reason: 'slow', signal, emit });

  assert.equal(await answer('staging'), 'two');
  assert.deepEqual([deployment.action, deployment.reason, deployment.switchMs, report.failed], ['rollback', 'slow', 1, 0]);
  assert.equal(
    world.deployments.at(-1)?.folder,
    releaseFolder(deps, { project: 'shop', environment: 'staging', service: 'prices' }, names.two),
  );
  await rollback(deps, { environment: 'staging', service: null, reason: 'slow too', signal, emit });
  assert.equal(await answer('staging'), 'one');
  await assert.rejects(rollback(deps, { environment: 'staging', service: null, reason: '', signal, emit }), /TG-DEPLOY-NOTHING-BEFORE/);
  assert.equal(
    liveAt(deploymentHistory(deps.state, 'shop', { environment: 'staging' }), Date.parse('2026-11-23T20:00:30Z'))?.release,
    names.three,
  );
});

test('rolling back where nothing is live is refused', async (t) => {
  const { deps } = await openBench(t);

  await assert.rejects(rollback(deps, { environment: 'staging', service: null, reason: '', signal, emit }), /TG-DEPLOY-NOTHING-LIVE/);
});

test('two services of a project live side by side', async (t) => {
  const { deps, deploy, release } = await openBench(t);
  const [one, other] = [await release('one'), await release('other', { service: 'stock' })];

  await deploy(one, 'staging');
  await deploy(other, 'staging');

  const statuses = await serviceStatuses(deps, 'staging');
  assert.deepEqual(
    statuses.map(({ service, live, target }) => [service, live?.release, target.release, target.running]),
    [
      ['prices', one, one, true],
      ['stock', other, other, true],
    ],
  );
  await assert.rejects(rollback(deps, { environment: 'staging', service: null, reason: '', signal, emit }), /TG-DEPLOY-WHICH-SERVICE/);
});

test('what should be live and is not is started again, the history stays as it is', async (t) => {
  const { deps, deploy, release, answer, world } = await openBench(t);
  const one = await release('one');
  await deploy(one, 'staging');
  world.kill({ project: 'shop', environment: 'staging', service: 'prices' }, 'supervisor');
  assert.equal(await answer('staging'), null);

  assert.deepEqual(await reconcile(deps, { environment: 'staging', signal, emit }), ['prices']);
  assert.deepEqual(await reconcile(deps, { environment: 'staging', signal, emit }), []);

  assert.equal(await answer('staging'), 'one');
  assert.equal(deploymentHistory(deps.state, 'shop').length, 1);
});

test('what was stopped stays stopped until it is deployed again', async (t) => {
  const { deps, deploy, release, answer } = await openBench(t);
  const one = await release('one');
  await deploy(one, 'staging');

  const lines = await stopEnvironment(deps, { environment: 'staging', reason: 'holidays', signal });

  assert.deepEqual(linesOf(lines, { one }), ['staging stop - for one']);
  assert.deepEqual(await stopEnvironment(deps, { environment: 'staging', reason: 'again', signal }), []);
  assert.deepEqual(await reconcile(deps, { environment: 'staging', signal, emit }), []);
  assert.equal(await answer('staging'), null);
  assert.equal((await deploy(one, 'staging'))[0]?.kind, 'live');
  assert.equal(await answer('staging'), 'one');
});

test('a deployment killed between switch and API tests is in the history, and the plain rerun finishes it', async (t) => {
  const { deps, deploy, release } = await openBench(t);
  const [one, two] = [await release('one'), await release('two')];
  await deploy(one, 'staging');
  const abort = new AbortController();
  const endsAfterSwitch: Target = {
    ...deps.target('local'),
    deploy: (request) =>
      deps
        .target('local')
        .deploy(request)
        .finally(() => abort.abort(new Error('killed'))),
  };
  const wanted = {
    release: two,
    to: 'staging',
    run: null,
    commit: 'c0ffee',
    reason: 'the second',
    again: false,
    signal: abort.signal,
    emit,
  };
  await assert.rejects(deployRelease({ ...deps, target: () => endsAfterSwitch }, wanted), /killed/);
  assert.equal(deploymentHistory(deps.state, 'shop').length, 1);

  const [outcome] = await deploy(two, 'staging');

  assert.equal(outcome?.kind, 'live');
  const history = deploymentHistory(deps.state, 'shop');
  assert.deepEqual(linesOf(history, { one, two }), [
    'staging deploy one for -',
    'staging deploy two for one',
    'staging deploy two for two',
  ]);
  assert.deepEqual(
    history.map(({ tests }) => tests?.passed ?? null),
    [2, null, 2],
  );
  assert.match(history[1]?.reason ?? '', /ended after the switch/);
});

test('two deployments to one environment at once come one after the other', async (t) => {
  const { deps, deploy, release, answer } = await openBench(t);
  const [one, two] = [await release('one'), await release('two')];

  await Promise.all([deploy(one, 'staging'), deploy(two, 'staging')]);

  const live = liveAfter(deploymentHistory(deps.state, 'shop', { environment: 'staging' }));
  assert.equal(await answer('staging'), live?.release === one ? 'one' : 'two');
  assert.equal(deploymentHistory(deps.state, 'shop').length, 2);
});

test('the folders of the live release and of the one before are kept, outside the working tree', async (t) => {
  const { deps, deploy, release } = await openBench(t);
  for (const answer of ['one', 'two', 'three', 'four']) await deploy(await release(answer), 'staging');

  const folder = placeFolder(deps.home.deployments, { project: 'shop', environment: 'staging', service: 'prices' });

  assert.equal((await readdir(join(folder, 'releases'))).length, 2);
  assert.equal(existsSync(join(folder, 'under-way.json')), false);
});

test('a release is refused when another one has come into the environment before it in the meantime', async (t) => {
  let meanwhile: (() => Promise<unknown>) | null = null;
  const { deploy, release } = await openBench(t, (world) => {
    const target = world.target();
    const status: Target['status'] = async (place) => {
      if (place.environment !== 'production' || meanwhile === null) return target.status(place);
      const other = meanwhile;
      meanwhile = null;
      await other();
      return { ...(await target.status(place)), running: false };
    };
    return { ...target, status };
  });
  const [one, two] = [await release('one'), await release('two')];
  await deploy(one, 'production');
  meanwhile = () => deploy(two, 'staging');

  await assert.rejects(deploy(one, 'production'), /TG-DEPLOY-ORDER: .*must be live and tested in "staging" first, where [0-9a-f]{12} is/);
});
