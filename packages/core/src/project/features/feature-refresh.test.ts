import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Digest } from '@tidegate/formats';
import { openEngine, openSqliteOnlineStore, quoteText } from '@tidegate/runtime';
import { viewVersion } from '../../features/index.ts';
import { openFeatureRefresh, refreshFeatures } from './feature-refresh.ts';
import { featureDefinitions } from './feature-definitions.ts';
import { onlineStoreFile } from './online-store.ts';
import type { Project } from '../project.ts';
import { makeTestProject, unattended } from '../test-project.ts';
import { shop } from '../test-shop.ts';

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

test('half a file is skipped with the reason, what was read of it before still counts, and bad rows are left out', async (t) => {
  const files = shop();
  const settings = (files['tidegate.yaml'] ?? '').replace(
    'weather: { from: { files: data/weather.csv } }',
    'weather: { from: { files: data/weather/*.parquet }, time: moment, contract: weather.odcs.yaml }',
  );
  const definitions = (files['features/delivery.yaml'] ?? '').replace('time: moment }', 'time: moment, lookback: 1h }');
  const made = makeTestProject(t, {
    ...files,
    'tidegate.yaml': settings,
    'features/delivery.yaml': definitions,
    'weather.odcs.yaml': contract,
    'data/weather/.keep': '',
  });
  using engine = await openEngine({ threads: 1 });
  const write = (name: string, rows: readonly string[]): Promise<void> =>
    engine.run(
      `COPY (SELECT * FROM (VALUES ${rows.join(', ')}) t(town, moment, rain)) TO ${quoteText(join(made.root, 'data/weather', name))} (FORMAT parquet)`,
    );
  await write('1.parquet', ["('Ulm', TIMESTAMP '2024-01-01 10:00:00', 1)", "('Bonn', TIMESTAMP '2024-01-01 10:00:00', 2)"]);
  await made.run({ only: ['data.orders', 'data.weather'] });
  using project = await made.open();
  await using open = openFeatureRefresh(project);
  await open.refresh({ nowMs: noon, signal });

  truncateSync(join(made.root, 'data/weather/1.parquet'), 100);
  await write('2.parquet', ["('Jena', TIMESTAMP '2024-01-01 11:00:00', 3)", "('Ulm', TIMESTAMP '2024-01-01 11:00:00', 12)"]);
  const half = await open.refresh({ nowMs: noon, signal });
  const afterHalf = await stored(project, 'weather', towns);
  await write('1.parquet', ["('Ulm', TIMESTAMP '2024-01-01 11:30:00', 4)"]);
  const whole = await open.refresh({ nowMs: noon, signal });

  const [dataset] = half.datasets;
  assert.deepEqual(
    dataset?.skipped.map(({ path }) => path),
    ['data/weather/1.parquet'],
  );
  assert.equal(dataset?.skipped[0]?.reason, `no magic bytes found at end of file 'data/weather/1.parquet'`);
  assert.deepEqual(
    [dataset?.arrived, dataset?.gone, dataset?.leftOut],
    [1, 0, [{ check: 'rain.maximum', promise: 'rain is at most 9', rows: 1 }]],
  );
  assert.deepEqual(afterHalf, [[1], [2], [3]]);
  assert.deepEqual(
    whole.datasets.map(({ arrived, gone, skipped }) => [arrived, gone, skipped]),
    [[1, 2, []]],
  );
  assert.deepEqual(await stored(project, 'weather', towns), [[4], null, [3]]);
});

const contract = `apiVersion: v3.1.0
kind: DataContract
id: weather
version: 1.0.0
status: active
schema:
  - name: weather
    properties:
      - { name: town, logicalType: string, required: true }
      - { name: moment, logicalType: timestamp, required: true }
      - { name: rain, logicalType: integer, logicalTypeOptions: { minimum: 0, maximum: 9 } }
`;

test('in a clone without its data the rows of the newest version count', async (t) => {
  const made = makeTestProject(t, shop());
  await made.run({ only: ['data.orders', 'data.weather'] });
  using project = await made.open();
  await refreshFeatures(project, { nowMs: noon, signal });
  const before = await stored(project, 'weather', towns);

  made.remove('data');
  const refreshed = await refreshFeatures(project, { nowMs: noon, signal });

  assert.deepEqual(
    refreshed.views.map(({ computed, keys }) => [computed, keys]),
    [['nothing', 0]],
  );
  assert.deepEqual(await stored(project, 'weather', towns), before);
});
