import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectNodes } from './nodes.ts';
import { makeTestProject } from './test-project.ts';
import { shop } from './test-shop.ts';

test('a monitor is no input of any step', async (t) => {
  const project = makeTestProject(t, shop());
  const nodes = async (): Promise<unknown> => {
    using opened = await project.open();
    return await projectNodes(opened);
  };
  const without = await nodes();
  const file = readFileSync(join(project.root, 'tidegate.yaml'), 'utf8');

  project.write({
    'tidegate.yaml': `${file}monitors: { delivery-api: { drift: {}, staleness: { data: 1d }, retrain: { on: [drift] } } }\n`,
  });

  using opened = await project.open();
  assert.equal(opened.config.monitors['delivery-api']?.drift?.floor, 0.1);
  assert.deepEqual(await nodes(), without);
});

test('an SLO is no input of any step', async (t) => {
  const project = makeTestProject(t, shop());
  const nodes = async (): Promise<unknown> => {
    using opened = await project.open();
    return await projectNodes(opened);
  };
  const without = await nodes();
  const file = readFileSync(join(project.root, 'tidegate.yaml'), 'utf8');

  project.write({ 'tidegate.yaml': file.replace('features: delivery }', 'features: delivery, slo: { availability: 99% } }') });

  using opened = await project.open();
  assert.equal(opened.config.services['delivery-api']?.slo?.availability, 0.99);
  assert.deepEqual(await nodes(), without);
});
