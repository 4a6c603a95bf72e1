import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Digest } from '@tidegate/formats';
import { openSqliteOnlineStore } from '@tidegate/runtime';
import { viewVersion } from '../features/index.ts';
import { openFeatureRefresh, refreshFeatures } from './feature-refresh.ts';
import { featureDefinitions } from './nodes.ts';
import { onlineStoreFile } from './online-store.ts';
import type { Project } from './project.ts';
import { makeTestProject, unattended } from './test-project.ts';
import { shop } from './test-shop.ts';

const noon = Date.UTC(2024, 0, 2, 12);
const { signal } = unattended;

/** The values of each entity of a view. */
async function stored(project: Project, view: string, keys: readonly string[]): Promise<readonly unknown[]> {
  const definition = (await featureDefinitions(project))?.views[view];
  const version: Digest = viewVersion(definition ?? assert.fail(`no view ${view}`));
  const online = openSqliteOnlineStore(onlineStoreFile(project));
  try {
    return (await online.read(version, keys)).map((row) => row?.values ?? null);
  } finally {
    online.close();
  }
}

const towns = ['["sUlm"]', '["sBonn"]', '["sJena"]'];

test('a refresh takes in the rows that have arrived, whether late, corrected or in another file, and says what they were', async (t) => {
  const files = shop();
  const settings = (files['tidegate.yaml'] ?? '').replace('data/weather.csv }', 'data/weather*.csv }, time: moment');
  const lookback = (files['features/delivery.yaml'] ?? '').replace('time: moment }', 'time: moment, lookback: 1h }');
  const made = makeTestProject(t, { ...files, 'tidegate.yaml': settings, 'features/delivery.yaml': lookback });
  await made.run({ only: ['data.orders', 'data.weather'] });
  using project = await made.open();
  await using open = openFeatureRefresh(project);

  const first = await open.refresh({ nowMs: noon, signal });
  const again = await open.refresh({ nowMs: noon, signal });
  made.write({ 'data/weather-2.csv': 'town,moment,rain\nUlm,2024-01-02 10:00:00,7\nJena,2024-01-01 09:00:00,3\n' });
  const second = await open.refresh({ nowMs: noon, signal });
  const afterSecond = await stored(project, 'weather', towns);
  made.write({ 'data/weather-2.csv': 'town,moment,rain\nUlm,2024-01-02 10:00:00,8\nJena,2024-01-02 13:00:00,4\n' });
  const third = await refreshFeatures(project, { nowMs: noon, signal });
  const afterThird = await stored(project, 'weather', towns);
  const fourth = await open.refresh({ nowMs: noon + 3_600_000, signal });

  const views = [first, again, second, third, fourth].map((refreshed) =>
    refreshed.views.map(({ computed, keys, gone, lateRows }) => [computed, keys, gone, lateRows]),
  );
  assert.deepEqual(views, [
    [['everything', 2, 0, 0]],
    [['nothing', 0, 0, 0]],
    [['arrived', 2, 0, 1]],
    [['everything', 1, 1, 0]],
    [['nothing', 1, 0, 0]],
  ]);
  assert.deepEqual(
    third.datasets.map(({ dataset, files: changed, arrived, gone, late }) => [dataset, changed, arrived, gone, late]),
    [['weather', ['data/weather-2.csv'], 2, 2, 0]],
  );
  assert.deepEqual(afterSecond.slice(0, 3), [[7], afterSecond[1], [3]]);
  assert.deepEqual(afterThird, [[8], afterSecond[1], null]);
  assert.deepEqual(await stored(project, 'weather', towns), [[8], afterSecond[1], [4]]);
});
