import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Digest } from '@tidegate/formats';
import { openHttpClient } from '../platform/index.ts';
import { deployTiny, storeTinyRelease, tinyProject } from './fixtures/tiny-project.ts';
import { deploymentHistory, liveAfter } from './history.ts';
import { stopEnvironment } from './stop.ts';

const program = join(import.meta.dirname, 'fixtures/tiny-project.ts');
const moments = 24;

/** Runs a deployment as a process of its own and kills it after a while. @returns whether it had ended before */
async function deployAndKill(root: string, release: Digest, afterMs: number): Promise<boolean> {
  const child = spawn(process.execPath, [program, root, release], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await Promise.race([ended, wait(afterMs)]);
  const isOver = child.exitCode !== null;
  child.kill('SIGKILL');
  await ended;
  return isOver;
}

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
  const started = performance.now();
  await deployTiny(deps, await storeTinyRelease(deps.store, 'timed'));
  const longestMs = (performance.now() - started) * 1.5 + 400; // a process of its own has to start as well
  let killed = 0;

  for (let moment = 0; moment < moments; moment++) {
    const release = await storeTinyRelease(deps.store, `release ${moment}`);
    if (!(await deployAndKill(root, release, (longestMs * moment) / moments))) killed++;
    await deployTiny(deps, release);

    for (const environment of ['staging', 'production']) {
      const history = deploymentHistory(deps.state, 'shop', { environment });
      const status = await deps.target('local').status({ project: 'shop', environment, service: 'prices' });
      const signal = new AbortController().signal;
      const answer = await client.send({ url: `${status.address}/`, method: 'GET', headers: {}, body: null, timeoutMs: 5_000, signal });
      assert.equal((JSON.parse(answer.body) as { readonly answer: string }).answer, `release ${moment}`);
      assert.equal(liveAfter(history)?.release, release);
      assert.deepEqual(liveAfter(history)?.tests, { passed: 1, failed: 0 });
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

  assert.ok(killed >= moments / 3, `only ${killed} of ${moments} were killed before they had ended`);
});
