import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Event } from '@tidegate/formats';
import { identityOf, systemPlatform } from '../../platform/index.ts';
import { recoverDeadRuns } from './recover.ts';
import { beginRun } from '../runs.ts';
import { joinKind } from '../test-kinds.ts';
import { makeTestProject, step, type TestProject } from '../test-project.ts';

const newRun = { project: 'demo', commit: null, dirty: true, branch: null, subject: null, goal: 'gate' };

/** A run whose owner is gone: as a process of this boot that started when this one did. */
function beginDeadRun({ parts }: TestProject): string {
  const { id } = beginRun(parts.state, systemPlatform, newRun);
  const self = identityOf(process.pid) ?? assert.fail();
  parts.state.prepare('UPDATE run SET owner = ? WHERE id = ?').run(JSON.stringify({ ...self, pid: 999_999_999 }), id);
  return id;
}

async function startSleeper(t: TestContext, cwd: string): Promise<number> {
  const child = spawn('sleep', ['60'], { cwd, detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  t.after(() => child.kill('SIGKILL'));
  return child.pid ?? assert.fail();
}

async function recover(project: TestProject): Promise<readonly Event[]> {
  const events: Event[] = [];
  await recoverDeadRuns(project.parts, (event) => events.push(event));
  return events;
}

function noteProcess(
  { parts }: TestProject,
  run: string,
  identity: { readonly pid: number; readonly startedAt: string; readonly boot: string },
): void {
  parts.state
    .prepare('INSERT INTO process (run, pid, started_at, boot) VALUES (?, ?, ?, ?)')
    .run(run, identity.pid, identity.startedAt, identity.boot);
}

test('processes and workspaces of a killed run are ended and removed, and it is told once', async (t) => {
  const project = await makeTestProject(t, { kinds: [] });
  const id = beginDeadRun(project);
  const pid = await startSleeper(t, '/');
  noteProcess(project, id, identityOf(pid) ?? assert.fail());
  project.write(`../tidegate-home/workspaces/${id}/steps.a/file`, '');
  project.write('../tidegate-home/objects/incoming/.tmp-999999999-00', 'half an object');

  const events = await recover(project);
  const again = await recover(project);

  assert.deepEqual(events, [{ kind: 'crashed-run-found', run: id, processesEnded: 1 }]);
  assert.deepEqual(again, []);
  assert.equal(identityOf(pid), null);
  assert.equal(existsSync(join(project.parts.home.workspaces, id)), false);
  assert.equal(existsSync(join(project.parts.home.objects, 'incoming/.tmp-999999999-00')), false);
  assert.deepEqual(
    project.engine.runs.list().map((run) => run.status),
    ['crashed'],
  );
});

test('a process that only has the recycled id of a noted one is left alone (hostile 19)', async (t) => {
  const project = await makeTestProject(t, { kinds: [] });
  const id = beginDeadRun(project);
  const pid = await startSleeper(t, '/');
  noteProcess(project, id, { ...(identityOf(pid) ?? assert.fail()), startedAt: '1' });

  const events = await recover(project);

  assert.deepEqual(events, [{ kind: 'crashed-run-found', run: id, processesEnded: 0 }]);
  assert.notEqual(identityOf(pid), null);
});

test('a process at work in a workspace is found although nobody noted it', async (t) => {
  const project = await makeTestProject(t, { kinds: [] });
  const id = beginDeadRun(project);
  const folder = join(project.parts.home.workspaces, id, 'steps.a');
  mkdirSync(folder, { recursive: true });
  const pid = await startSleeper(t, folder);
  const elsewhere = await startSleeper(t, project.root);

  const events = await recover(project);

  assert.deepEqual(events, [{ kind: 'crashed-run-found', run: id, processesEnded: 1 }]);
  assert.equal(identityOf(pid), null);
  assert.notEqual(identityOf(elsewhere), null);
});

test('a run whose process lives is left alone, with its processes and workspaces', async (t) => {
  const project = await makeTestProject(t, { kinds: [joinKind()] });
  const { id } = beginRun(project.parts.state, systemPlatform, newRun);
  const folder = join(project.parts.home.workspaces, id, 'steps.a');
  mkdirSync(folder, { recursive: true });
  const pid = await startSleeper(t, folder);

  await project.run([step('a')]);

  assert.notEqual(identityOf(pid), null);
  assert.ok(existsSync(folder));
  assert.equal(project.engine.runs.list({ status: 'running' })[0]?.id, id);
});
