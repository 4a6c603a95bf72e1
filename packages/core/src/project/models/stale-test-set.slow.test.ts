import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complaints, makeTestProject } from '../test-project.ts';
import { shop } from '../test-shop.ts';

/** The rain an hour before tells nothing of the rain now. */
const gate =
  'gate: { min: { auc: 0.3 }, primary: { metric: auc, margin: 0.02 }, robustness: { corruptions: [stale], stale_by: 1h, share: 1 } }';

test('a model that lives on fresh features fails where they are an hour old', async (t) => {
  const files = shop();
  const project = makeTestProject(t, {
    ...files,
    'weight.txt': '5',
    'tidegate.yaml': (files['tidegate.yaml'] ?? '').replace('gate: { min: { auc: 0.3 }, primary: { metric: auc, margin: 0.5 } }', gate),
  });

  const ran = await project.run({ goal: 'gate' });

  const stale = ran.record.steps.flatMap(({ evidence }) => evidence).find(({ name }) => name === 'robustness.stale');
  assert.match(stale?.reason ?? complaints(ran), /^With features as they were before auc is 0\.\d+, on the rows as they are 0\.\d+: /);
  assert.equal(stale?.verdict, 'fail', stale?.reason);
});
