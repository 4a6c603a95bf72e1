import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { digestOfBytes } from '../../../platform/index.ts';
import type { Project } from '../../project.ts';
import { makeTestProject } from '../../test-project.ts';
import { dayMs } from './retention.ts';
import { removeUnusedEnvironments } from './unused-environments.ts';

const yaml = 'version: 1\nproject: packed\npython: { requirements: requirements.txt }\n';

/** Environments of two locks, not used for sixty days. */
function leave({ home }: Project, locks: readonly string[]): void {
  mkdirSync(home.virtualEnvironments, { recursive: true });
  for (const lock of locks) {
    const path = join(home.virtualEnvironments, `${digestOfBytes(lock).slice(7, 39)}.json`);
    writeFileSync(path, JSON.stringify({ format: 'tidegate.virtual-environment/1', folder: 'x', lock: digestOfBytes(lock), packages: [] }));
    const at = new Date(Date.now() - 60 * dayMs);
    utimesSync(path, at, at);
  }
}

function remove({ home, state, platform }: Project): ReturnType<typeof removeUnusedEnvironments> {
  return removeUnusedEnvironments({ home, state, nowMs: platform.clock.now(), graceMs: dayMs, keep: {}, dryRun: false });
}

test('the virtual environment of a project stays however old it is, others go; with a project that cannot be read all stay', async (t) => {
  const at = makeTestProject(t, { 'tidegate.yaml': yaml, 'requirements.txt': 'one==1\n' });
  using opened = await at.open();
  const project = { ...opened, home: { ...opened.home, virtualEnvironments: join(opened.home.root, 'virtual-environments') } };
  leave(project, ['one==1\n', 'two==2\n']);

  at.write({ 'tidegate.yaml': 'half: [' });
  const whileUnreadable = await remove(project);
  at.write({ 'tidegate.yaml': yaml });
  const gone = await remove(project);

  const nameOf = (lock: string): string => digestOfBytes(lock).slice(7, 39);
  assert.deepEqual(whileUnreadable, []);
  assert.deepEqual(
    gone.map(({ name }) => name),
    [nameOf('two==2\n')],
  );
  assert.ok(readdirSync(project.home.virtualEnvironments).includes(`${nameOf('one==1\n')}.json`));
});

test('a folder of virtual environments that other homes may use is left alone', async (t) => {
  const at = makeTestProject(t, { 'tidegate.yaml': yaml, 'requirements.txt': 'one==1\n' });
  using project = await at.open();
  const shared = { ...project, home: { ...project.home, virtualEnvironments: join(at.root, '../shared') } };
  leave(shared, ['two==2\n']);

  assert.deepEqual(await remove(shared), []);
});
