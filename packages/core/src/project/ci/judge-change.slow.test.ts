import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitions, shop } from '../test-shop.ts';
import { complaints, makeTestProject, unattended } from '../test-project.ts';
import { judgeChange } from './judge-change.ts';

const asked = { base: null, head: null, jobs: 2, share: true, ...unattended };

test('a change of features, data and code is told with what reads it, what it means and what the gate says; no pin moves', async (t) => {
  const project = makeTestProject(t, shop());
  const first = await project.run();
  assert.equal(first.record.status, 'succeeded', complaints(first));
  project.commit('Pin what the first run has read');
  project.write({
    'data/weather.csv':
      shop()
        ['data/weather.csv']?.replace('town,moment,rain', 'town,moment,rain,sun')
        .replaceAll(/(\d)\n(?=[A-Z]|$)/g, '$1,1\n') ?? '',
    'features/delivery.yaml': definitions(['weather', 'load']),
    'features/weather.sql': '-- only a comment\nSELECT town, moment, rain FROM weather',
    'weight.txt': '2',
  });
  const head = project.commit('Join the load');

  using opened = await project.open();
  const change = await judgeChange(opened, asked);

  assert.equal(change.head.id, head);
  assert.equal(change.run.verdict, 'pass');
  assert.deepEqual(
    change.files.map(({ path, steps }) => ({ path, steps })),
    [
      { path: 'data/weather.csv', steps: ['data.weather'] },
      { path: 'features/delivery.yaml', steps: ['features.delivery'] },
      { path: 'features/weather.sql', steps: ['features.delivery'] },
      { path: 'weight.txt', steps: ['steps.train'] },
    ],
  );
  assert.deepEqual(
    change.datasets.map(({ dataset, difference }) => ({ dataset, added: difference?.added.map(({ name }) => name) })),
    [{ dataset: 'weather', added: ['sun'] }],
  );
  assert.deepEqual(
    change.views.map(({ view, before, differs }) => ({ view, isNew: before === null, differs })),
    [{ view: 'load', isNew: true, differs: [] }],
  );
  assert.deepEqual(
    change.services.map(({ service, joins }) => ({ service, joins })),
    [{ service: 'delivery', joins: { added: ['load'], removed: [] } }],
  );
  assert.deepEqual(
    change.models.map(({ model, championBytes }) => ({ model, championBytes })),
    [{ model: 'late', championBytes: null }],
  );
  assert.equal(
    (await judgeChange(opened, asked)).run.steps.every(({ status }) => status === 'hit'),
    true,
  );
});
