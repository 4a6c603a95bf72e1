import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOfBytes } from '../../platform/index.ts';
import { makeTestProject } from '../test-project.ts';
import { checkStore } from './check-store.ts';

const rows = 'town,level\nEmden,3\nHusum,5\n';
const files = {
  'tidegate.yaml': 'version: 1\nproject: tides\ndata: { towns: { from: { files: towns/*.csv } } }\n',
  'towns/a.csv': rows,
};

test('a dataset version that a lock file pins on any branch and that lacks an object is named; one that was never here is not', async (t) => {
  const at = makeTestProject(t, files);
  const { record } = await at.run();
  const version = record.steps[0]?.outputs['version']?.digest ?? assert.fail();
  at.git('checkout', '--quiet', '-b', 'pinned');
  at.write({ 'tidegate.lock': `version: 1\ndata:\n  towns: ${version}\n  elsewhere: sha256:${'0'.repeat(64)}\n` });
  at.commit('Pin');
  at.git('checkout', '--quiet', 'main');
  using project = await at.open();
  const before = await checkStore(project);
  project.objects.remove(digestOfBytes(rows));

  const { problems } = await checkStore(project);

  assert.deepEqual(before.problems, []);
  assert.deepEqual(
    problems.filter(({ kind }) => kind === 'lock').map(({ about, found }) => [about, found]),
    [['tidegate.lock of tides in refs/heads/pinned', `the dataset version ${version} lacks the object ${digestOfBytes(rows)}`]],
  );
});
