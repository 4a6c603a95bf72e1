import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { StepRecord } from '@tidegate/formats';
import { featureReader, openSqliteOnlineStore } from '@tidegate/runtime';
import { readVersion } from '../../data/index.ts';
import { compareOnline, loadDefinitions } from '../../features/index.ts';
import { readRecord } from '../../store/index.ts';
import { makeTestProject } from '../test-project.ts';
import { definitions, shop } from '../test-shop.ts';
import { fillOnlineStore } from './fill-online-store.ts';

test('a trial says of each feature whether serving finds what training computes', { timeout: 300_000 }, async (t) => {
  const project = makeTestProject(t, { ...shop(), 'features/delivery.yaml': definitions(['weather', 'load']) });
  const { record } = await project.run();
  const trial = record.steps.find(({ step }) => step === 'trials.delivery-api');
  const evidence = trial?.evidence.find(({ name }) => name === 'features');

  assert.deepEqual(
    [evidence?.kind, evidence?.subject, evidence?.verdict, evidence?.blocking, evidence?.reason],
    ['test', 'services.delivery-api', 'pass', true, 'Serving finds what training computes, for 2 features'],
  );

  // an online store that stands still while time goes on no longer finds what training would compute
  using opened = await project.open();
  const { store } = opened;
  const digestOf = (output: string) => {
    const step = record.steps.find(({ step: name }) => name === 'features.delivery') as StepRecord;
    const digest = step.outputs[output]?.digest;
    assert.ok(digest);
    return digest;
  };
  const set = await readRecord(store, 'tidegate.feature-set/1', digestOf('record'));
  const definition = await loadDefinitions(store, digestOf('definitions'));
  const datasets = await Promise.all(Object.values(set.datasets).map((digest) => readVersion(store, { digest })));
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-compare-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'online.sqlite');
  const signal = new AbortController().signal;
  const [early, late] = [Date.UTC(2024, 0, 1, 2), Date.UTC(2024, 0, 1, 9)];
  await fillOnlineStore({ store, file, services: { delivery: definition }, datasets, atMs: early, signal });
  const online = openSqliteOnlineStore(file);
  t.after(() => online.close());
  const at = async (atMs: number) => {
    const cases = await compareOnline({
      store,
      name: 'delivery',
      definition,
      datasets,
      reader: featureReader(online, set.service),
      atMs,
      folder: join(folder, 'compared'),
      signal,
    });
    return cases.map(({ name, outcome, message }) => [name, outcome, message]);
  };

  assert.deepEqual(await at(early), [
    ['weather__rain: serving finds what training computes', 'passed', ''],
    ['load__recent: serving finds what training computes', 'passed', ''],
  ]);
  const later = await at(late);
  assert.equal(later[0]?.[1], 'failed');
  assert.match(later[0]?.[2] ?? '', /^It differs for [12] of 2 entities$/);
});

test('keys and features of other types compare as what they are', { timeout: 300_000 }, async (t) => {
  const key = "CASE WHEN town = 'Ulm' THEN 9007199254740993 ELSE 2 END";
  const project = makeTestProject(t, {
    ...shop(),
    'features/rows.sql': `SELECT id, moment, ${key} AS town, distance, late FROM orders`,
    'features/weather.sql': `SELECT ${key} AS town, moment, rain, rain > 4 AS wet, CAST(moment AS DATE) AS day, moment AS since, town AS called,
      CASE WHEN rain > 4 THEN CAST('NaN' AS DOUBLE) ELSE rain / 3 END AS share, CAST(9007199254740995 AS BIGINT) AS big, CAST(NULL AS DOUBLE) AS none FROM weather`,
  });

  const { record } = await project.run();

  const trial = record.steps.find(({ step }) => step === 'trials.delivery-api');
  const evidence = trial?.evidence.find(({ name }) => name === 'features');
  assert.deepEqual(
    [evidence?.verdict, evidence?.reason],
    ['pass', 'Serving finds what training computes, for 8 features'],
    JSON.stringify(evidence?.details),
  );
});
