import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { TidegateError } from '@tidegate/formats';
import { makeTestProject, type TestProject } from '../test-project.ts';
import { datasetAnomalies, sayFine } from './dataset-anomalies.ts';
import { measuredVersions } from './measured-versions.ts';

const file = (anomalies: string, steps = ''): string => `version: 1
project: shop
data: { orders: { from: { files: orders.csv }${anomalies} } }
${steps}`;

const readingStep = 'steps: { count: { run: [sh, -c, "wc -l < orders.csv > count.txt"], in: [data.orders], out: { count: count.txt } } }\n';

/** A number of rows that is a little different each time. */
function ordersOf(version: number, rows: number): string {
  const all = Array.from({ length: rows + ((version * 7) % 5) }, (_, row) => `${version}-${row},${(row * 37) % 100}`);
  return `id,price\n${all.join('\n')}\n`;
}

async function runWith(project: TestProject, version: number, rows: number): Promise<Awaited<ReturnType<TestProject['run']>>['record']> {
  project.write({ 'orders.csv': ordersOf(version, rows) });
  return (await project.run()).record;
}

/** Six versions that are alike. */
async function withPast(t: TestContext, anomalies = ''): Promise<TestProject> {
  const project = makeTestProject(t, { 'tidegate.yaml': file(anomalies), 'orders.csv': ordersOf(0, 1000) });
  for (let version = 0; version < 6; version++) await runWith(project, version, 1000);
  return project;
}

test('from five versions on a run judges a new version by those before it, once; what is said to be fine passes, and can be taken back', async (t) => {
  const project = await withPast(t);

  const usual = await runWith(project, 6, 1000);
  const rows = (record: typeof usual): string | undefined =>
    record.steps.flatMap(({ evidence }) => evidence).find(({ name }) => name === 'anomalies.rows')?.verdict;
  assert.equal(rows(usual), undefined);
  assert.ok(usual.steps.some(({ step }) => step === 'anomalies.orders'));

  const halved = await runWith(project, 7, 300);
  assert.equal(rows(halved), 'fail');
  assert.equal(halved.status, 'succeeded'); // a warning stops nothing
  const again = (await project.run()).record;
  assert.deepEqual(
    again.steps.map(({ step, status }) => [step, status]),
    [
      ['data.orders', 'hit'],
      ['anomalies.orders', 'hit'],
    ],
  );

  using opened = await project.open();
  const found = await datasetAnomalies(opened, 'orders', null);
  assert.deepEqual([found.report.verdict, found.report.versions, found.notes], ['fail', 7, []]);
  const said = { dataset: 'orders', version: found.report.version, measure: null, isFine: true, reason: 'a holiday' };
  assert.equal((await sayFine(opened, said))?.isFine, true);
  assert.equal(await sayFine(opened, said), null); // twice changes nothing
  assert.notEqual((await datasetAnomalies(opened, 'orders', null)).report.verdict, 'fail');
  assert.equal(rows((await project.run()).record), undefined);
  assert.equal((await sayFine(opened, { ...said, isFine: false }))?.isFine, false);
  assert.equal(rows((await project.run()).record), 'fail');
  assert.equal((await datasetAnomalies(opened, 'orders', found.report.version.slice('sha256:'.length, 20))).report.versions, 7);
});

test('as an error an anomaly stops what reads the dataset; switched off nothing is judged, but the past is noted all the same', async (t) => {
  const project = await withPast(t, ', anomalies: { severity: error, false_alarms: 2%, ignore: [price] }');

  project.write({ 'tidegate.yaml': file(', anomalies: { severity: error, ignore: [price] }', readingStep) });
  const halved = await runWith(project, 7, 300);
  assert.equal(halved.verdict, 'fail');
  assert.equal(halved.steps.find(({ step }) => step === 'steps.count')?.status, 'blocked');

  project.write({ 'tidegate.yaml': file(', anomalies: { severity: off }') });
  const off = await runWith(project, 8, 200);
  assert.deepEqual(
    off.steps.map(({ step }) => step),
    ['data.orders'],
  );
  using opened = await project.open();
  assert.equal(measuredVersions(opened, 'orders').length, 8);
});

test('of a version or a measure that there is not nothing is noted', async (t) => {
  const project = makeTestProject(t, { 'tidegate.yaml': file(''), 'orders.csv': ordersOf(0, 20) });
  await project.run();
  using opened = await project.open();
  const { report } = await datasetAnomalies(opened, 'orders', null);
  const said = { dataset: 'orders', version: report.version, measure: 'prise.mean', isFine: true, reason: null };

  await assert.rejects(sayFine(opened, said), codeIs('TG-CLI-NOT-FOUND', /Cannot find the measure "prise\.mean"/));
  await assert.rejects(sayFine(opened, { ...said, version: 'ffff' }), codeIs('TG-CLI-NOT-FOUND', /Cannot find version "ffff"/));
  assert.deepEqual((await datasetAnomalies(opened, 'orders', null)).notes, []);
});

function codeIs(code: string, message: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof TidegateError);
    assert.deepEqual([error.diagnostics[0].code, message.test(error.diagnostics[0].message)], [code, true]);
    return true;
  };
}
