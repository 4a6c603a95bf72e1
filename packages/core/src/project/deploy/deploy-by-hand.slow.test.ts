import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deploymentsOf, deployTo } from './environments.ts';
import { makeTestProject, type TestProject, unattended } from '../test-project.ts';
import { shop } from '../test-shop.ts';

test('a release that a run made and nobody deployed knows its commit when it is deployed by hand', async (t) => {
  const project = makeTestProject(t, shop());
  const commit = project.commit('A commit of its own');
  await project.run();

  await deployNewest(project, 'production');

  using opened = await project.open();
  assert.deepEqual(
    deploymentsOf(opened).map((line) => [line.environment, line.commit]),
    [
      ['staging', commit],
      ['production', commit],
    ],
  );
});

test('a release that a run made of uncommitted changes does not come past the first environment by hand either', async (t) => {
  const project = makeTestProject(t, shop());
  project.write({ 'weight.txt': '3' });
  await project.run();

  await assert.rejects(deployNewest(project, 'production'), /TG-DEPLOY-UNCOMMITTED/);
});

async function deployNewest(project: TestProject, environment: string): Promise<void> {
  const { release } = await project.run();
  using opened = await project.open();
  await deployTo(opened, environment, { release, again: false, reason: 'a test', ...unattended });
}
