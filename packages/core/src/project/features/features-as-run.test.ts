import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refreshFeatures } from './feature-refresh.ts';
import { featuresAreAsRun } from './features-as-run.ts';
import { makeTestProject, unattended } from '../test-project.ts';
import { shop } from '../test-shop.ts';

const noon = Date.UTC(2024, 0, 2, 12);
const { signal } = unattended;

test('a refresh is left out only when the store holds what the run has found again, and nothing that was put aside is due', async (t) => {
  const made = makeTestProject(t, shop());
  const only = ['data.orders', 'data.weather', 'features.delivery'];
  const first = await made.run({ only });
  using project = await made.open();
  const isFresh = (run: typeof first, atMs = noon): Promise<boolean> => featuresAreAsRun(project, run.record, atMs);
  const again = await made.run({ only });

  const beforeAnyRefresh = await isFresh(again);
  await refreshFeatures(project, { nowMs: noon, signal });
  const afterOne = [await isFresh(first), await isFresh(again)]; // the first did not find its steps again, it did them
  made.write({ 'data/weather.csv': 'town,moment,rain\nUlm,2024-01-02 10:00:00,7\nUlm,2024-01-02 13:00:00,8\n' });
  await refreshFeatures(project, { nowMs: noon, signal });
  const ahead = await isFresh(again);
  await made.run({ only });
  const caughtUp = await made.run({ only });

  assert.deepEqual([beforeAnyRefresh, ...afterOne, ahead], [false, false, true, false]);
  assert.deepEqual([await isFresh(caughtUp), await isFresh(caughtUp, noon + 3_600_000)], [true, false]);
});
