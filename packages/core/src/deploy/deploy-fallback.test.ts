import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, Digest } from '@tidegate/formats';
import type { DeployDeps } from './deploy-deps.ts';
import { deployRelease, type DeploymentOutcome } from './deploy-release.ts';
import { deploymentHistory, liveAfter } from './history.ts';
import { reconcile } from './reconcile.ts';
import { rollback } from './rollback.ts';
import type { Target } from './target.ts';
import { type DeployBench, openBench } from './test-bench.ts';

const signal = new AbortController().signal;
const emit = (): void => {};
const place = { project: 'shop', environment: 'staging', service: 'prices' };

/** The same project after staging's variables, or its port, were changed in `tidegate.yaml`. */
function changed(deps: DeployDeps, variables: { readonly [name: string]: string }, port = 0): DeployDeps {
  const staging = deps.environments['staging'];
  assert.ok(staging);
  return { ...deps, environments: { ...deps.environments, staging: { ...staging, variables, port } } };
}

async function deployTo(deps: DeployDeps, release: Digest, again = false): Promise<DeploymentOutcome> {
  const wanted = { release, to: 'staging', run: null, commit: 'c0ffee', reason: 'a test', again, signal, emit };
  const [outcome] = await deployRelease(deps, wanted);
  assert.ok(outcome);
  return outcome;
}

function history({ deps }: Pick<DeployBench, 'deps'>): readonly Deployment[] {
  return deploymentHistory(deps.state, 'shop', place);
}

function brief(lines: readonly Deployment[], names: { readonly [name: string]: Digest }): readonly string[] {
  const nameOf = (release: Digest | null): string => Object.keys(names).find((name) => names[name] === release) ?? '-';
  return lines.map(({ action, release, tests }) => `${action} ${nameOf(release)}${tests === null ? '' : ` ${tests.failed}`}`);
}

test('variables that make API tests fail bring back the same release with the variables it had, whatever was live earlier', async (t) => {
  const bench = await openBench(t);
  const names = { older: await bench.release('older'), one: await bench.release('one') };
  await deployTo(bench.deps, names.older);
  await deployTo(changed(bench.deps, { LIMIT: '3' }), names.one);

  const outcome = await deployTo(changed(bench.deps, { LIMIT: '9', ANSWER: 'bad' }), names.one);

  assert.equal(outcome.kind, 'returned');
  assert.equal(await bench.answer('staging'), 'one');
  assert.deepEqual(bench.world.deployments.at(-1)?.settings.variables, { LIMIT: '3' });
  assert.deepEqual(brief(history(bench), names), ['deploy older 0', 'deploy one 0', 'deploy one 1', 'rollback one 0']);
  const [, good, bad, back] = history(bench);
  assert.equal(back?.settings, good?.settings);
  assert.notEqual(bad?.settings, good?.settings);
  assert.deepEqual([outcome.deployment, outcome.report?.failed, outcome.fallback?.failed], [back, 1, 0]);
});

test('without any earlier release the healthy one is not stopped by variables that make API tests fail', async (t) => {
  const bench = await openBench(t);
  const one = await bench.release('one');
  await deployTo(bench.deps, one);

  await deployTo(changed(bench.deps, { ANSWER: 'bad' }), one);

  assert.equal(await bench.answer('staging'), 'one');
  assert.deepEqual(brief(history(bench), { one }), ['deploy one 0', 'deploy one 1', 'rollback one 0']);
});

test('a failed release with new variables brings back the old release with the old variables, at the old address', async (t) => {
  const bench = await openBench(t);
  const [one, bad] = [await bench.release('one'), await bench.release('bad')];
  await deployTo(changed(bench.deps, { LIMIT: '3' }, 41_001), one);

  await deployTo(changed(bench.deps, { LIMIT: '9' }, 41_002), bad);

  const back = bench.world.deployments.at(-1);
  assert.deepEqual([back?.release, back?.settings.variables, back?.port], [one, { LIMIT: '3' }, 41_001]);
});

test('what is gone back to is tested, and stays when its tests fail as well', async (t) => {
  const bench = await openBench(t);
  const names = { one: await bench.release('one'), bad: await bench.release('bad') };
  let world = 'well';
  bench.world.script(names.one, {
    answer: () => ({ status: 200, headers: {}, body: JSON.stringify({ answer: world === 'well' ? 'one' : 'bad' }) }),
  });
  await deployTo(bench.deps, names.one);
  world = 'ill'; // something that both releases need is down

  const outcome = await deployTo(bench.deps, names.bad);

  assert.equal(outcome.kind, 'returned');
  assert.deepEqual(
    outcome.fallback?.cases.filter((one) => one.outcome === 'failed').map(({ name }) => name),
    ['the answer is good'],
  );
  assert.equal(liveAfter(history(bench))?.release, names.one);
  assert.deepEqual(brief(history(bench), names), ['deploy one 0', 'deploy bad 1', 'rollback one 1']);
});

test('what was live before and does not start any more leaves the new release live, and the history says why', async (t) => {
  const bench = await openBench(t);
  const names = { one: await bench.release('one'), bad: await bench.release('bad') };
  await deployTo(bench.deps, names.one);
  bench.world.script(names.one, { broken: 'the disk is gone' });

  const outcome = await deployTo(bench.deps, names.bad);

  assert.equal(outcome.kind, 'stayed');
  assert.match(outcome.deployment.reason, /^Stays live: going back to [0-9a-f]{12} failed: TG-DEPLOY-NOT-READY: .*the disk is gone/s);
  assert.equal(await bench.answer('staging'), 'bad');
  assert.deepEqual(brief(history(bench), names), ['deploy one 0', 'deploy bad 1', 'deploy bad 1']);
});

test('what is live is not gone back from when it is started again and its API tests fail', async (t) => {
  const bench = await openBench(t);
  const names = { older: await bench.release('older'), one: await bench.release('one') };
  await deployTo(bench.deps, names.older);
  await deployTo(bench.deps, names.one);
  bench.world.kill(place, 'supervisor');
  bench.world.script(names.one, { answer: () => ({ status: 200, headers: {}, body: '{"answer":"bad"}' }) });

  const outcome = await deployTo(bench.deps, names.one);

  assert.equal(outcome.kind, 'stayed');
  assert.equal(outcome.report?.failed, 1);
  assert.equal(await bench.answer('staging'), 'bad');
  assert.deepEqual(brief(history(bench), names), ['deploy older 0', 'deploy one 0', 'deploy one 1']);
});

test('variables whose API tests failed are not tried again by themselves, other variables are', async (t) => {
  const bench = await openBench(t);
  const one = await bench.release('one');
  const bad = changed(bench.deps, { ANSWER: 'bad' });
  await deployTo(bench.deps, one);
  await deployTo(bad, one);

  await assert.rejects(deployTo(bad, one), /TG-DEPLOY-TAKEN-BACK/);
  const insisted = await deployTo(bad, one, true);
  const better = await deployTo(changed(bench.deps, { ANSWER: 'better' }), one);

  assert.deepEqual([insisted.kind, better.kind], ['returned', 'live']);
  assert.equal(await bench.answer('staging'), 'better');
});

test('a release whose API tests failed may be tried with other variables, one that somebody rolled back may not', async (t) => {
  const bench = await openBench(t);
  const [one, bad, two] = [await bench.release('one'), await bench.release('bad'), await bench.release('two')];
  await deployTo(bench.deps, one);
  await deployTo(bench.deps, bad);
  await deployTo(bench.deps, two);
  await rollback(bench.deps, { environment: 'staging', service: null, reason: 'late', signal, emit });

  await assert.rejects(deployTo(changed(bench.deps, { LIMIT: '1' }), two), /TG-DEPLOY-TAKEN-BACK/);
  assert.equal((await deployTo(changed(bench.deps, { ANSWER: 'good' }), bad)).kind, 'live');
});

test('a rollback goes back to the deployment before, with the variables it had', async (t) => {
  const bench = await openBench(t);
  const names = { one: await bench.release('one'), two: await bench.release('two') };
  await deployTo(changed(bench.deps, { LIMIT: '1' }), names.one);
  const second = changed(bench.deps, { LIMIT: '2' });
  await deployTo(second, names.two);
  const third = changed(bench.deps, { LIMIT: '3' });
  await deployTo(third, names.two);

  await rollback(third, { environment: 'staging', service: null, reason: '', signal, emit });
  await rollback(third, { environment: 'staging', service: null, reason: '', signal, emit });

  assert.deepEqual(
    bench.world.deployments.slice(-2).map(({ release, settings }) => [release, settings.variables]),
    [
      [names.two, { LIMIT: '2' }],
      [names.one, { LIMIT: '1' }],
    ],
  );
  await assert.rejects(deployTo(second, names.two), /TG-DEPLOY-TAKEN-BACK/);
});

test('what is started again has the variables it was deployed with', async (t) => {
  const bench = await openBench(t);
  await deployTo(changed(bench.deps, { LIMIT: '1' }), await bench.release('one'));
  bench.world.kill(place, 'supervisor');

  await reconcile(changed(bench.deps, { LIMIT: '2' }), { environment: 'staging', signal, emit });

  assert.deepEqual(bench.world.deployments.at(-1)?.settings.variables, { LIMIT: '1' });
});

test('new variables of the live release whose deployment was killed after the switch are in the history', async (t) => {
  const bench = await openBench(t);
  const one = await bench.release('one');
  await deployTo(bench.deps, one);
  const abort = new AbortController();
  const target = bench.deps.target('local');
  const endsAfterSwitch: Target = {
    ...target,
    deploy: (request) => target.deploy(request).finally(() => abort.abort(new Error('killed'))),
  };
  const other = changed(bench.deps, { LIMIT: '2' });
  const wanted = { release: one, to: 'staging', run: null, commit: 'c0ffee', reason: '', again: false, signal: abort.signal, emit };
  await assert.rejects(deployRelease({ ...other, target: () => endsAfterSwitch }, wanted), /killed/);

  const outcome = await deployTo(other, one);

  assert.equal(outcome.kind, 'live');
  assert.deepEqual(brief(history(bench), { one }), ['deploy one 0', 'deploy one', 'deploy one 0']);
});

test('a return that was killed before it began is made by the next deployment', async (t) => {
  const bench = await openBench(t);
  const names = { one: await bench.release('one'), bad: await bench.release('bad') };
  await deployTo(bench.deps, names.one);
  const target = bench.deps.target('local');
  const abort = new AbortController();
  const endsBeforeReturn: Target = {
    ...target,
    deploy: async (request) => {
      if (request.release === names.one) abort.abort(new Error('killed'));
      abort.signal.throwIfAborted();
      return target.deploy(request);
    },
  };
  const wanted = { release: names.bad, to: 'staging', run: null, commit: 'c0ffee', reason: '', again: false, signal: abort.signal, emit };
  await assert.rejects(deployRelease({ ...bench.deps, target: () => endsBeforeReturn }, wanted), /killed/);
  assert.equal(await bench.answer('staging'), 'bad');

  const outcome = await deployTo(bench.deps, names.bad);

  assert.equal(outcome.kind, 'returned');
  assert.equal(await bench.answer('staging'), 'one');
});
