import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeChange } from '../ci/judge-change.ts';
import { complaints, makeTestProject, unattended } from '../test-project.ts';
import { definitions, shop } from '../test-shop.ts';
import { pushProject } from './share.ts';

const asked = { base: null, head: null, jobs: 2, share: true, ...unattended };

test('a champion that reads a dataset which the change no longer has is compared with on a machine that has neither', async (t) => {
  const { 'data/weather.csv': weather, ...rest } = shop();
  const project = makeTestProject(t, {
    ...rest,
    'data/weather.csv': weather ?? '',
    '.gitignore': 'build/\nmodel.py\ndata/\n',
    'features/delivery.yaml': definitions(['weather', 'load']),
  });
  const released = await project.run({ goal: 'production' });
  assert.equal(released.live.length, 2, complaints(released));
  using home = await project.open({ remote: true });
  const pushed = await pushProject(home);
  assert.equal(pushed.deployments, 2);
  project.commit('Pin the data');
  project.write({
    'weight.txt': '2', // the model of another file, so that there is somebody to compare with
    'features/delivery.yaml': definitions(['load']),
    'tidegate.yaml': (rest['tidegate.yaml'] ?? '').replace('  weather: { from: { files: data/weather.csv } }\n', ''),
  });
  project.remove('features/weather.sql');
  project.commit('Do without the weather');
  using clone = await project.openClone();

  const change = await judgeChange(clone, asked);

  const [judged] = change.models;
  assert.equal(judged?.evaluation.champion?.release, released.release, JSON.stringify(judged?.evidence));
  assert.equal(judged?.evaluation.comparisons.length, 1);
  assert.deepEqual(
    change.datasets.map(({ dataset, after }) => ({ dataset, after })),
    [{ dataset: 'weather', after: null }],
  );
  assert.deepEqual(
    change.services.map(({ joins }) => joins.removed),
    [['weather']],
  );
  assert.deepEqual(
    change.run.steps.filter(({ status }) => status === 'hit').map(({ step }) => step),
    ['data.orders'],
  );
});
