import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { FeatureSetRecord } from '@tidegate/formats';
import type { ProjectConfig } from '../config/index.ts';
import type { StepNode } from '../pipeline/index.ts';
import { featureKind } from './feature-kind.ts';
import { loadDefinitions } from './meaning.ts';
import { featureNodes } from './nodes.ts';
import { readDefinitions } from './read-definitions.ts';
import { makeContext } from './test-context.ts';
import { makeDataset, makeTestRoom, type TestRoom } from './test-datasets.ts';

const yaml = `
entities:
  driver: { keys: [driver] }
views:
  past: { entity: driver, sql: past.sql, time: ended, ttl: 30d }
services:
  trip:
    rows: rows.sql
    id: id
    time: planned
    label: { column: late, known: ended }
    request: [route]
    views: [past]
    split: { test: last 20% }
`;
const files = {
  'features/trip.yaml': yaml,
  'features/rows.sql': 'SELECT id, planned, driver, route, ended, late_by > 15 AS late, road FROM Trips -- the plan\n',
  'features/past.sql': 'SELECT driver, ended, late_by AS last FROM trips WHERE ended IS NOT NULL\n',
};
const trips = `SELECT i AS id, 'd' || (i % 7) AS driver, i % 5 AS route, TIMESTAMP '2020-01-01' + INTERVAL (i) HOUR AS planned,
  TIMESTAMP '2020-01-01' + INTERVAL (i + 2) HOUR AS ended, (hash(i) % 60)::INTEGER AS late_by, 'wet' AS road FROM range(400) t(i)`;

const evaluate = { on: { kind: 'features', service: 'trip' }, label: 'late', metrics: ['auc'], slices: ['road'], ignore: [] } as const;
const config = {
  data: { trips: {}, weather: {} },
  models: { trip: { evaluate } },
  tests: {},
} as unknown as ProjectConfig;

async function nodeOf(room: TestRoom, changed: { readonly [path: string]: string } = {}): Promise<StepNode> {
  mkdirSync(join(room.folder, 'features'), { recursive: true });
  for (const [path, text] of Object.entries({ ...files, ...changed })) writeFileSync(join(room.folder, path), text);
  const [node] = featureNodes(config, await readDefinitions(room.folder, 'features'));
  return node ?? assert.fail('no node');
}

test('a service is a step that reads its SQL and the datasets that SQL may read', async () => {
  using room = makeTestRoom();

  const node = await nodeOf(room);

  assert.equal(node.name, 'features.trip');
  assert.deepEqual(
    node.inputs.map((input) => (input.from === 'project' ? input.pattern : `${input.step}/${input.output}`)),
    ['features/rows.sql', 'features/past.sql', 'data.trips/version', 'data.trips/files'],
  );
  assert.deepEqual(
    node.outputs.map(({ name, path }) => [name, path]),
    [
      ['train', 'build/features/trip/train.parquet'],
      ['test', 'build/features/trip/test.parquet'],
      ['record', null],
      ['definitions', null],
    ],
  );
});

test('a remark in the YAML changes nothing of a step, another time to live does', async () => {
  using room = makeTestRoom();
  const before = await nodeOf(room);

  assert.deepEqual(await nodeOf(room, { 'features/trip.yaml': `# trips\n${yaml}` }), before);
  assert.notDeepEqual(await nodeOf(room, { 'features/trip.yaml': yaml.replace('30d', '20d') }), before);
});

test('the step gives sets, a record with a certificate, and the meaning of the service', async () => {
  using room = makeTestRoom();
  const node = await nodeOf(room);
  const knownAt = { ended: 'ended', late_by: 'ended', road: 'ended' };
  const context = await makeContext(room, node, { files, datasets: [await makeDataset(room, 'trips', { select: trips, knownAt })] });

  const result = await featureKind({ datasets: ['trips', 'weather'] }).run(context);

  const record = (await room.store.readJson(result.outputs['record']?.digest ?? assert.fail())) as unknown as FeatureSetRecord;
  assert.deepEqual(Object.keys(result.outputs), ['train', 'test', 'record', 'definitions']);
  assert.equal(record.service.version, result.outputs['definitions']?.digest);
  assert.deepEqual(
    record.service.columns.map(({ name, type }) => [name, type]),
    [
      ['route', 'integer'],
      ['past__last', 'integer'],
    ],
  );
  assert.equal(record.train.rows + record.test.rows + record.leftOut.labelNotYetKnown, 400);
  assert.equal(record.train.until, record.test.from);
  assert.deepEqual(Object.keys(record.datasets), ['trips']);
  assert.deepEqual(
    result.evidence.map((one) => [one.name, one.verdict]),
    [['time-travel', 'pass']],
  );
  const kept = await loadDefinitions(room.store, record.service.version);
  assert.equal(kept.rows.sql, 'SELECT id, planned, driver, route, ended, late_by > 15 AS late, road FROM Trips');
});

test('doing the step again gives the same artifacts', async () => {
  using room = makeTestRoom();
  const node = await nodeOf(room);
  const given = { files, datasets: [await makeDataset(room, 'trips', { select: trips })] };
  const kind = featureKind({ datasets: ['trips'] });

  const first = await kind.run(await makeContext(room, node, given));
  const second = await kind.run(await makeContext(room, node, given));

  assert.deepEqual(second.outputs, first.outputs);
});

test('an unknown table is told with the nearest dataset of the project', async () => {
  using room = makeTestRoom();
  const changed = { 'features/past.sql': 'SELECT driver, ended, 1 AS x FROM wether' };
  const node = await nodeOf(room, changed);
  const context = await makeContext(room, node, {
    files: { ...files, ...changed },
    datasets: [await makeDataset(room, 'trips', { select: trips })],
  });

  await assert.rejects(
    featureKind({ datasets: ['trips', 'weather'] }).run(context),
    (error: { diagnostics?: readonly { hint: string; place: unknown }[] }) => {
      assert.equal(error.diagnostics?.[0]?.hint, 'Did you mean "weather"?');
      assert.notEqual(error.diagnostics?.[0]?.place, null);
      return true;
    },
  );
});
