import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Deployment, type Digest, digestOfHex } from '@tidegate/formats';
import { championSource } from './champion-source.ts';
import { appendDeployment, deploymentHistory, liveAfter, releaseTrail, takenBack } from './history.ts';
import { lastEnvironment } from '../config/index.ts';
import { pathTo } from './order.ts';
import { rollback } from './rollback.ts';
import { openBench } from './test-bench.ts';

const names = ['a', 'b', 'c', 'd'] as const;
const digestOf = (name: string): Digest => digestOfHex(name.repeat(64));

/** A history from short lines: `+a` deploys, `-a` rolls back to it, `!a` deploys and its tests fail, `x` stops. */
function historyOf(...lines: readonly string[]): readonly Deployment[] {
  return lines.map((line, index) => ({
    format: 'tidegate.deployment/1',
    sequence: index + 1,
    project: 'p',
    environment: 'e',
    service: 's',
    replaced: null,
    action: line === 'x' ? 'stop' : line.startsWith('-') ? 'rollback' : 'deploy',
    release: line === 'x' ? null : digestOf(line.slice(1)),
    run: null,
    commit: null,
    at: new Date(index).toISOString(),
    by: '',
    switchMs: 1,
    address: null,
    settings: null,
    reason: line,
    tests: {
      passed: 1,
      failed: line.startsWith('!') ? 1 : 0,
    },
  }));
}

function trail(...lines: readonly string[]): string {
  return releaseTrail(historyOf(...lines))
    .map((digest) => digest.at(-1))
    .join('');
}

test('the trail leads to what is live, without what was gone back from', () => {
  assert.equal(trail(), '');
  assert.equal(trail('+a', '+b', '+c'), 'abc');
  assert.equal(trail('+a', '+b', '+c', '-b'), 'ab');
  assert.equal(trail('+a', '+b', '-a', '+c'), 'ac');
  assert.equal(trail('+a', '!b', '-a', '+b'), 'ab');
  assert.equal(trail('+a', 'x', '+a', '+b'), 'ab');
  assert.equal(trail('+a', '+b', 'x', '+c'), 'abc');
  assert.equal(trail('!a', 'x', '+b'), 'b');
});

test('going back as far as it goes ends at the first release, whatever happened before', () => {
  const line = fc.tuple(fc.constantFrom('+', 'back'), fc.constantFrom(...names));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      const history: string[] = [];
      for (const [action, name] of lines) {
        const before = releaseTrail(historyOf(...history)).at(-2);
        if (action === '+') history.push(`+${name}`);
        else if (before !== undefined) history.push(`-${before.at(-1)}`);
      }
      const way = releaseTrail(historyOf(...history));
      assert.equal(way.at(-1) ?? null, liveAfter(historyOf(...history))?.release ?? null);
      for (let index = 1; index < way.length; index++) assert.notEqual(way[index], way[index - 1]);
    }),
  );
});

test('a release is taken back when it was rolled back or its tests failed, until it is deployed again', () => {
  const isTakenBack = (name: string, ...lines: readonly string[]): boolean =>
    takenBack(historyOf(...lines), { release: digestOf(name), settings: null }) !== null;

  assert.equal(isTakenBack('b', '+a', '+b'), false);
  assert.equal(isTakenBack('b', '+a', '+b', '-a'), true);
  assert.equal(isTakenBack('a', '+a', '+b', '-a'), false);
  assert.equal(isTakenBack('b', '+a', '+b', '-a', '+c'), true);
  assert.equal(isTakenBack('b', '+a', '+b', '-a', '+b'), false);
  assert.equal(isTakenBack('a', '!a', 'x'), true);
  assert.equal(isTakenBack('a', '+a', 'x'), false);
});

test('the way to an environment is what comes before it, and the last one is the end of the longest way', () => {
  const environments = { production: { after: 'staging' }, staging: { after: null }, demo: { after: null } };

  assert.deepEqual(pathTo(environments, 'production'), ['staging', 'production']);
  assert.equal(lastEnvironment(environments), 'production');
  assert.equal(lastEnvironment({}), null);
});

test('the champion is the newest other model that led to what is live in the last environment', async (t) => {
  const { deps, deploy, release } = await openBench(t);
  const releases = { a: await release('a'), b: await release('b'), again: await release('b with other files', { model: 'b' }) };
  const artifactOf = async (digest: Digest): Promise<Digest> =>
    ((await deps.store.readJson(digest)) as unknown as { model: { artifact: Digest } }).model.artifact;
  const source = championSource(deps);
  const championOf = async (candidate: Digest): Promise<Digest | null> =>
    (await source.champion({ project: 'shop', model: 'price', candidate: await artifactOf(candidate) }))?.release ?? null;

  assert.equal(source.environment, 'production');
  assert.equal(await championOf(releases.a), null);
  await deploy(releases.a, 'production');
  await deploy(releases.b, 'staging');
  assert.equal(await championOf(releases.b), releases.a);
  assert.equal(await championOf(releases.a), null);
  await deploy(releases.b, 'production');
  assert.equal(await championOf(releases.b), releases.a); // as before its promotion: the gate is a cache hit
  await deploy(releases.again, 'production');
  assert.equal(await championOf(releases.b), releases.a);
  await rollback(deps, { environment: 'production', service: null, reason: '', signal: new AbortController().signal, emit: () => {} });
  await rollback(deps, { environment: 'production', service: null, reason: '', signal: new AbortController().signal, emit: () => {} });
  assert.equal(await championOf(releases.b), releases.a); // b was gone back from: it is judged against what is live
  assert.equal(await source.champion({ project: 'shop', model: 'another', candidate: releases.a }), null);
});

test('a history that the disk has no room for says so and stays as it was', async (t) => {
  const { deps, deploy, release } = await openBench(t);
  await deploy(await release('one'), 'staging');
  const pages = Number(deps.state.prepare('PRAGMA page_count').get()?.['page_count']);
  deps.state.prepare(`PRAGMA max_page_count = ${pages}`).get();
  const before = deploymentHistory(deps.state, 'shop');
  const [first] = before;
  assert.ok(first);
  const { format: _format, sequence: _sequence, ...line } = first;

  assert.throws(() => appendDeployment(deps.state, { ...line, reason: 'x'.repeat(100_000) }), /TG-STORE-DISK-FULL/);

  assert.deepEqual(deploymentHistory(deps.state, 'shop'), before);
});
