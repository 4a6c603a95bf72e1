import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { FolderObjectStore } from '../../../store/index.ts';
import type { Project } from '../../project.ts';
import { makeTestProject, type TestProject } from '../../test-project.ts';
import { collectGarbage, type GarbageReport, type GarbageRequest } from './collect-garbage.ts';
import { dayMs } from './retention.ts';

/** Two steps, each a copy of what came before. */
export const copies = {
  'tidegate.yaml': `version: 1
project: copies
steps:
  first: { run: [cp, a.txt, one.txt], out: { one: one.txt } }
  second: { run: [cp, one.txt, two.txt], in: [steps.first/one], out: { two: two.txt } }
`,
  'a.txt': 'version 0',
};

/** A project whose input was changed and run again so many times. */
export async function runsOf(t: TestContext, times: number): Promise<TestProject> {
  const at = makeTestProject(t, copies);
  for (let index = 0; index < times; index++) {
    at.write({ 'a.txt': `version ${index}` });
    const { record } = await at.run();
    assert.equal(record.status, 'succeeded');
  }
  return at;
}

export async function collect(at: TestProject, more: Partial<GarbageRequest> = {}): Promise<GarbageReport> {
  using project = await at.open();
  const { objects: store, state, home } = project;
  return await collectGarbage({ store, state, home, nowMs: later(project, 40), ...more });
}

const later = ({ platform }: Project, days: number): number => platform.clock.now() + days * dayMs;

/** The statuses of a run now. */
export async function statuses(at: TestProject): Promise<readonly string[]> {
  return (await at.run()).record.steps.map(({ status }) => status);
}

export async function within<T>(at: TestProject, look: (store: FolderObjectStore, project: Project) => Promise<T> | T): Promise<T> {
  using project = await at.open();
  return await look(project.objects, project);
}
