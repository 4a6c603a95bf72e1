import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Digest } from '@tidegate/formats';
import { runUntilChange } from '../../../runtime/src/test-kill-at-change.ts';
import { openHttpClient } from '../platform/index.ts';
import { deployTiny, storeTinyRelease, tinyProject } from './fixtures/tiny-project.ts';
import { deploymentHistory, liveAfter } from './history.ts';
import { stopEnvironment } from './stop.ts';

const program = join(import.meta.dirname, 'fixtures/tiny-project.ts');
const moments = 24;

test(`a deployment killed at any of ${moments} moments is finished by the plain rerun, and the history tells what was live`, async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'tidegate-crash-'));
  using deps = tinyProject(root);
  t.after(async () => {
    using again = tinyProject(root);
    for (const environment of ['production', 'staging'])
      await stopEnvironment(again, { environment, reason: 'the test is over', signal: new AbortController().signal });
    await rm(root, { recursive: true, force: true });
  });
  await deployTiny(deps, await storeTinyRelease(deps.store, 'first'));
  using client = openHttpClient();
  const deploy = async (release: Digest, killAt: number | null): ReturnType<typeof runUntilChange> =>
    runUntilChange([program, root, release], { killAt });
  const { code, changes, output } = await deploy(await storeTinyRelease(deps.store, 'counted'), null);
  assert.equal(code, 0, output);
  assert.ok(changes > 2 * moments, `${changes} changes`);

  for (let moment = 0; moment < moments; moment++) {
    const release = await storeTinyRelease(deps.store, `release ${moment}`);
    const at = Math.ceil(((moment + 0.5) / moments) * changes);
    const ended = await deploy(release, at);
    assert.ok(ended.killed, `at change ${at} of ${changes}: ${ended.output}`);
    await deployTiny(deps, release);

    for (const environment of ['staging', 'production']) {
      const history = deploymentHistory(deps.state, 'shop', { environment });
      const status = await deps.target('local').status({ project: 'shop', environment, service: 'prices' });
      const signal = new AbortController().signal;
      const answer = await client.send({ url: `${status.address}/`, method: 'GET', headers: {}, body: null, timeoutMs: 5_000, signal });
      assert.equal((JSON.parse(answer.body) as { readonly answer: string }).answer, `release ${moment}`);
      assert.equal(liveAfter(history)?.release, release);
      const { passed, failed } = liveAfter(history)?.tests ?? {};
      assert.deepEqual([passed, failed], [1, 0]);
      assert.deepEqual(
        history.map(({ sequence }) => sequence),
        history.map((_, index) => index + 1),
      );
      assert.deepEqual(
        history.slice(1).map(({ replaced }) => replaced),
        history.slice(0, -1).map((one) => one.release),
      );
    }
  }
});
