import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type MonitorCheck, runId } from '@tidegate/formats';
import { predictionLogFolder } from '../../deploy/index.ts';
import { checkMonitors, listMonitors, monitorHistory, noteRetraining, tryMonitor } from './monitors.ts';
import { promisedInputs } from './promised-inputs.ts';
import type { Project } from '../project.ts';
import { complaints, makeTestProject, type TestProject, unattended } from '../test-project.ts';
import { logPredictions } from '../scoring/test-predictions.ts';
import { shop } from '../test-shop.ts';

const dayMs = 86_400_000;
const monitors = `monitors:
  delivery-api:
    environment: staging
    every: 1d
    window: 2d
    drift: {}
    staleness: { model: 30d, data: 2d, features: 2d }
    retrain: { on: [drift, data, age>20d], cooldown: 1d }
`;

/** A shop whose model is live in staging, with a monitor. The newest order is of 2024-01-01T13:19Z. */
async function liveShop(t: TestContext, promised: { readonly age: string } | null = null): Promise<TestProject> {
  const files = shop();
  const promise = promised === null ? '' : ', contract: orders.odcs.yaml';
  const yaml = (files['tidegate.yaml'] ?? '').replace('data/orders.csv }', `data/orders.csv }, time: moment${promise}`);
  const watched = promised === null ? monitors : monitors.replace(/staleness: .*/, 'staleness: {}');
  const project = makeTestProject(t, {
    ...files,
    'tidegate.yaml': `${yaml}${watched}`,
    ...(promised !== null && { 'orders.odcs.yaml': contractOfOrders(promised.age) }),
  });
  const run = await project.run({ goal: 'staging' });
  assert.equal(run.live.length, 1, complaints(run));
  return project;
}

/** It promises an age, which a run of today can only warn of. */
function contractOfOrders(age: string): string {
  return `apiVersion: v3.1.0
kind: DataContract
id: orders
version: 1.0.0
status: active
schema:
  - name: orders
    properties:
      - { name: moment, quality: [{ type: custom, engine: tidegate, severity: warning, implementation: { check: notOlderThan, age: ${age} } }] }
`;
}

async function log(
  project: Project,
  name: string,
  { at, distance, rows = 3000 }: { at: string; distance: string; rows?: number },
): Promise<void> {
  const [{ last } = { last: null }] = listMonitors(project);
  const release = last?.release ?? assert.fail('nothing is live');
  const folder = predictionLogFolder(project.home.deployments, { project: 'shop', environment: 'staging', service: 'delivery-api' });
  await logPredictions(folder, name, {
    release,
    sql: `SELECT '${name}-' || i AS id, TIMESTAMP '${at}' AS "at", town AS "field.town", distance AS "input.distance", rain AS "input.weather__rain",
      (distance + rain) / 60 AS prediction, NULL::VARCHAR AS label FROM (SELECT i, 'Ulm' AS town, ${distance} AS distance, (hash(i * 3) % 10)::DOUBLE AS rain FROM range(${rows}) t(i))`,
  });
}

async function check(project: Project, at: string, onlyDue = false): Promise<MonitorCheck | undefined> {
  const [found] = await checkMonitors(project, { names: [], nowMs: Date.parse(at), onlyDue, ...unattended });
  return found;
}

function verdicts(found: MonitorCheck | undefined): { readonly [part: string]: string } {
  return Object.fromEntries((found?.parts ?? []).map(({ part, verdict }) => [part, verdict]));
}

test('a monitor of a live service tells drift, age and whether to train again, and keeps what it found', async (t) => {
  const testProject = await liveShop(t);
  using project = await testProject.open();

  const empty = await check(project, '2024-01-02T00:00:00Z');
  await log(project, 'same', { at: '2024-01-02T12:00:00Z', distance: '(hash(i) % 10)::BIGINT' });
  const same = await check(project, '2024-01-03T00:00:00Z');
  await log(project, 'other', { at: '2024-01-09T12:00:00Z', distance: '(5 + hash(i) % 10)::BIGINT' });
  const other = await check(project, '2024-01-10T00:00:00Z');

  assert.deepEqual(verdicts(empty), { drift: 'inconclusive', staleness: 'pass' }, JSON.stringify(empty?.parts));
  assert.match(empty?.parts[0]?.reason ?? '', /There is no prediction of the live release/);
  assert.deepEqual(
    same?.evidence.filter(({ verdict }) => verdict === 'fail'),
    [],
    JSON.stringify(same?.evidence.map(({ reason }) => reason)),
  );
  assert.deepEqual(verdicts(other), { drift: 'fail', staleness: 'fail' });
  assert.match(
    other?.evidence.find(({ name }) => name === 'drift.input.distance')?.reason ?? '',
    /distance moved: values never seen before/,
  );
  assert.equal(other?.retrain.wanted, true);
  assert.deepEqual(
    monitorHistory(project, 'delivery-api').checks.map(({ sequence }) => sequence),
    [3, 2, 1],
  );
});

test('a monitor that says nothing of data goes by the age that the data contract promises', async (t) => {
  const testProject = await liveShop(t, { age: '3d' });
  using project = await testProject.open();
  const reasonAt = async (at: string): Promise<readonly string[]> => {
    const found = await check(project, at);
    return (found?.evidence ?? []).flatMap(({ kind, verdict, reason }) => (kind === 'staleness' ? [`${verdict}: ${reason}`] : []));
  };

  assert.deepEqual(await reasonAt('2024-01-03T00:00:00Z'), [
    'pass: data.orders is 1 day 10 hours old, its data contract allows 3 days: its newest event is of 2024-01-01T13:19:00.000Z',
  ]);
  assert.match((await reasonAt('2024-01-05T00:00:00Z'))[0] ?? '', /^fail: data.orders is 3 days 10 hours old/);

  const orders = readFileSync(join(testProject.root, 'data/orders.csv'), 'utf8');
  testProject.write({ 'data/orders.csv': orders.replaceAll('2024-01-01 13:', '2024-01-04 13:') });
  // the files as they are now count, though no run has read them
  assert.match((await reasonAt('2024-01-05T00:00:00Z'))[0] ?? '', /^pass: data.orders is 10 hours/);
});

test('a training is held back until its cooldown is over, whatever way the clock goes', async (t) => {
  const testProject = await liveShop(t);
  using project = await testProject.open();
  const at = Date.parse('2024-02-10T00:00:00Z');
  const moment = (ms: number): string => new Date(at + ms).toISOString();

  const first = await check(project, moment(0));
  noteRetraining(project, { monitor: 'delivery-api', run: runId('r-20240210-000000-0001'), nowMs: at });
  const held = await check(project, moment(dayMs / 2), true);
  const notDue = await check(project, moment(dayMs / 2));
  const later = await check(project, moment(2 * dayMs));
  const back = await check(project, moment(-3600_000));

  assert.equal(first?.retrain.wanted, true);
  assert.equal(held, undefined);
  assert.equal(notDue?.retrain.wanted, false);
  assert.match(
    notDue?.retrain.heldBackBy ?? '',
    /The last training, r-20240210-000000-0001, was started 12 hours ago, and 1 day must pass/,
  );
  assert.equal(later?.retrain.wanted, true);
  assert.equal(back?.retrain.wanted, false);
});

test('rows that are tried with a monitor are judged and leave nothing behind', async (t) => {
  const at = await liveShop(t);
  using project = await at.open();
  const { signal } = unattended;
  const file = `${at.root}/build/features/delivery/train.parquet`;

  const tried = await tryMonitor(project, { monitor: 'delivery-api', file, signal });

  assert.notEqual(tried.verdict, 'fail', tried.reason);
  assert.ok(tried.evidence.length > 0);
  assert.equal(monitorHistory(project, 'delivery-api').checks.length, 0);
  await assert.rejects(tryMonitor(project, { monitor: 'other', file, signal }), /TG-CLI-NOT-FOUND/);
});

test('what data contracts allow of their columns is the floor of the inputs that come from them', async (t) => {
  const column = (name: string, property: string, atMost: number): string =>
    `      - { name: ${name}, customProperties: [{ property: tidegate.${property}, value: { atMost: ${atMost} } }] }\n`;
  const contract = (id: string, ...properties: readonly string[]): string =>
    `apiVersion: v3.1.0\nkind: DataContract\nid: ${id}\nversion: 1.0.0\nstatus: active\nschema:\n  - name: ${id}\n    properties:\n${properties.join('')}`;
  const files = shop();
  const yaml = (files['tidegate.yaml'] ?? '')
    .replace('data/orders.csv }', 'data/orders.csv }, contract: orders.odcs.yaml')
    .replace('data/weather.csv }', 'data/weather.csv }, contract: weather.odcs.yaml');
  const project = makeTestProject(t, {
    ...files,
    'tidegate.yaml': yaml,
    'orders.odcs.yaml': contract('orders', column('distance', 'drift', 0.2)),
    'weather.odcs.yaml': contract('weather', column('town', 'skew', 0.05), column('rain', 'skew', 0.4)),
  });
  using opened = await project.open();

  assert.deepEqual(Object.fromEntries((await promisedInputs(opened, 'delivery-api')).floors), {
    distance: 0.2,
    weather__town: 0.05,
    weather__rain: 0.4,
  });
});
