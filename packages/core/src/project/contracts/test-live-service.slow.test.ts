import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { JudgedContract } from '../../data/index.ts';
import { predictionLogFolder } from '../../deploy/index.ts';
import { environmentsOf } from '../deploy/environments.ts';
import type { Project } from '../project.ts';
import { complaints, makeTestProject, unattended } from '../test-project.ts';
import { shop } from '../test-shop.ts';
import { type LiveServiceTest, testLiveService } from './test-live-service.ts';

function contract(id: string, ...columns: readonly string[]): string {
  const properties = columns.map((column) => `      - ${column}\n`).join('');
  return `apiVersion: v3.1.0\nkind: DataContract\nid: ${id}\nversion: 1.0.0\nstatus: active\nschema:\n  - name: ${id}\n    properties:\n${properties}`;
}

function column(name: string, property: string, atMost: number): string {
  return `{ name: ${name}, customProperties: [{ property: tidegate.${property}, value: { atMost: ${atMost} } }] }`;
}

const usual: LiveServiceTest = {
  dataset: null,
  service: 'delivery-api',
  environment: 'staging',
  windowMs: null,
  now: 0,
  signal: unattended.signal,
};

async function judged(project: Project, some: Partial<LiveServiceTest> = {}): Promise<readonly JudgedContract[]> {
  return await testLiveService(project, { ...usual, now: Date.now() + 60_000, ...some });
}

function said([one]: readonly JudgedContract[]): readonly (readonly [string, string, string])[] {
  return (one?.checks ?? []).map(({ name, severity, verdict }) => [name, severity, verdict]);
}

async function ask(project: Project, distances: readonly number[]): Promise<void> {
  const address = (await environmentsOf(project)).find(({ name }) => name === 'staging')?.address ?? '';
  const rows = distances.map((distance) => ({ town: 'Ulm', distance }));
  const answer = await fetch(`${address}/v1/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ rows }),
  });
  assert.equal(answer.status, 200, await answer.text());
}

test('a live service is judged by its prediction log, and is never a pass where nothing is live or nothing was asked', async (t) => {
  const files = shop();
  const yaml = (files['tidegate.yaml'] ?? '')
    .replace('data/orders.csv }', 'data/orders.csv }, contract: orders.odcs.yaml')
    .replace('data/weather.csv }', 'data/weather.csv }, contract: weather.odcs.yaml');
  const testProject = makeTestProject(t, {
    ...files,
    'tidegate.yaml': yaml,
    'orders.odcs.yaml': contract('orders', column('distance', 'skew', 0.3), column('town', 'drift', 0.2)),
    'weather.odcs.yaml': contract('weather', '{ name: rain, logicalType: integer }'),
  });
  using project = await testProject.open();

  const before = await judged(project);
  assert.deepEqual(said(before), [
    ['distance.skew', 'error', 'inconclusive'],
    ['town.skew', 'error', 'inconclusive'],
  ]);
  assert.match(
    before[0]?.checks[0]?.reason ?? '',
    /nothing is live in "staging" as "delivery-api"; bring a release there: tidegate run --to staging$/,
  );

  const run = await testProject.run({ goal: 'staging' });
  assert.equal(run.live.length, 1, complaints(run));
  const empty = await judged(project);
  assert.deepEqual([empty[0]?.verdict, empty[0]?.rows, said(empty)[0]], ['inconclusive', 0, ['distance.skew', 'error', 'inconclusive']]);
  assert.match(empty[0]?.checks[0]?.reason ?? '', /there is no prediction of the live release from .*; ask it by POST \/v1\/predict/);

  const same = Array.from({ length: 2000 }, (_, index) => (((index + 5) * 7919 + 104729) % 9973) % 10);
  await ask(project, same);
  const kept = await eventually(project, 2000);
  assert.deepEqual(said(kept), [
    ['distance.skew', 'error', 'pass'],
    ['town.skew', 'warning', 'inconclusive'], // the model has no such input
  ]);
  assert.equal(kept[0]?.verdict, 'pass');

  await ask(
    project,
    same.map(() => 9),
  );
  await ask(
    project,
    same.map(() => 9),
  );
  const moved = await eventually(project, 6000);
  assert.deepEqual([moved[0]?.verdict, said(moved)[0]], ['fail', ['distance.skew', 'error', 'fail']]);
  assert.match(moved[0]?.checks[0]?.reason ?? '', /^distance moved: "9" from 10.6 % to 70 % of the rows, total variation 0\.59/);
  assert.match(moved[0]?.data ?? '', /^what "delivery-api" in staging was asked with from 20/);

  // what lies in the log and is no Parquet file is told, and passes nothing
  const log = predictionLogFolder(project.home.deployments, { project: 'shop', environment: 'staging', service: 'delivery-api' });
  mkdirSync(join(log, 'day=2024-01-01'), { recursive: true });
  writeFileSync(join(log, 'day=2024-01-01/broken.parquet'), 'PAR1 no Parquet');
  assert.deepEqual(said(await judged(project))[0], ['distance.skew', 'error', 'invalid']);
});

async function eventually(project: Project, rows: number): Promise<readonly JudgedContract[]> {
  for (;;) {
    const found = await judged(project);
    if ((found[0]?.rows ?? 0) >= rows) return found;
    await delay(100); // the log is written a moment after the answer
  }
}

test('a service, dataset or environment that is not there is told, and so is that nothing is promised', async (t) => {
  const project = makeTestProject(t, shop());
  using opened = await project.open();

  await assert.rejects(judged(opened, { service: 'delivery' }), /TG-CLI-NOT-FOUND: Cannot find the service "delivery"/);
  await assert.rejects(judged(opened, { dataset: 'order' }), /Cannot find the dataset "order"/);
  await assert.rejects(judged(opened, { environment: 'stage' }), /Cannot find the environment "stage"/);
  await assert.rejects(
    judged(opened),
    /Cannot test the inputs of "delivery-api": no data contract promises how far they may be from training/,
  );
});
