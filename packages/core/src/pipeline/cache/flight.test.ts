import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { runId } from '@tidegate/formats';
import { digestOfBytes, identityOf, type ProcessIdentity, systemPlatform } from '../../platform/index.ts';
import { beginRun } from '../runs.ts';
import { joinKind } from '../test-kinds.ts';
import { makeTestProject, step, type TestProject } from '../test-project.ts';
import { claim, flightIsOver } from './flight.ts';

const key = digestOfBytes('what is to be made');
const [mine, theirs] = [runId('r-20260101-000000-aaaa'), runId('r-20260101-000000-bbbb')];

/** A process of somebody else that lives for as long as the test. */
async function livingProcess(t: TestContext): Promise<ProcessIdentity> {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  t.after(() => child.kill('SIGKILL'));
  return identityOf(child.pid ?? assert.fail()) ?? assert.fail();
}

function heldBy({ parts }: TestProject, { pid, startedAt, boot }: ProcessIdentity): void {
  parts.state
    .prepare('INSERT OR REPLACE INTO flight (key, run, pid, started_at, boot) VALUES (?, ?, ?, ?, ?)')
    .run(key, theirs, pid, startedAt, boot);
}

test('hostile 19: a claim whose owner is gone, whose id is another process by now, or who was on another boot or host, is taken over at once', async (t) => {
  const project = await makeTestProject(t, { kinds: [] });
  const living = await livingProcess(t);
  const gone: readonly ProcessIdentity[] = [
    { ...living, pid: 999_999_999 },
    { ...living, startedAt: String(Number(living.startedAt) - 1) },
    { ...living, boot: '00000000-0000-0000-0000-000000000000' },
  ];

  for (const owner of gone) {
    heldBy(project, owner);
    assert.equal(await flightIsOver(project.parts.state, key, t.signal), false, JSON.stringify(owner));
    assert.equal(claim(project.parts.state, { key, run: mine, replace: false, zone: 'main' }), 'mine', JSON.stringify(owner));
    project.parts.state.prepare('DELETE FROM flight').run();
  }
});

test('hostile 19: a claim whose owner lives is never taken over, whatever the clocks say; it is waited for', async (t) => {
  const project = await makeTestProject(t, { kinds: [] });
  heldBy(project, await livingProcess(t));
  const impatient = new AbortController();
  const waiting = flightIsOver(project.parts.state, key, impatient.signal);

  const first = await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 400, 'still waits'))]);
  impatient.abort();

  assert.equal(first, 'still waits');
  assert.equal(claim(project.parts.state, { key, run: mine, replace: false, zone: 'main' }), 'held');
  await assert.rejects(waiting, { name: 'AbortError' });
  assert.equal(project.parts.state.prepare('SELECT run FROM flight').get()?.['run'], theirs);
});

test('hostile 19: a run is taken for dead only when its process is: not for another clock, nor for how long it has been going', async (t) => {
  const hourMs = 3_600_000;
  const clock = { ...systemPlatform.clock, now: () => Date.now() + 24 * hourMs };
  const project = await makeTestProject(t, { kinds: [joinKind()], platform: { ...systemPlatform, clock } });
  const newRun = { project: 'demo', commit: null, dirty: true, branch: null, subject: null, goal: 'gate' };
  const living = await livingProcess(t);
  const begun = (owner: ProcessIdentity): string => {
    const { id } = beginRun(project.parts.state, systemPlatform, newRun);
    project.parts.state.prepare('UPDATE run SET owner = ? WHERE id = ?').run(JSON.stringify(owner), id);
    return id;
  };
  const alive = begun(living);
  const dead = [begun({ ...living, startedAt: '1' }), begun({ ...living, boot: 'another' }), begun({ ...living, pid: 999_999_999 })];

  await project.run([step('a')]);

  const statusOf = (id: string): string => String(project.parts.state.prepare('SELECT status FROM run WHERE id = ?').get(id)?.['status']);
  assert.equal(statusOf(alive), 'running');
  assert.deepEqual(dead.map(statusOf), ['crashed', 'crashed', 'crashed']);
});
