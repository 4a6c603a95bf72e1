import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { failure, type MonitorCheck, runId } from '@tidegate/formats';
import { checkService } from './check-service.ts';
import { now, openWatchedRig } from './fixtures/watched-rig.ts';
import { appendCheck, appendRetraining, monitorChecks, retrainings } from './history.ts';

const model = {
  inputs: [{ name: 'x', type: 'number' }],
  training: "SELECT (hash(i) % 1000)::DOUBLE AS x, TIMESTAMP '2024-01-01' AS moment FROM range(5000) t(i)",
  tested: "SELECT i AS row, CAST(i AS VARCHAR) AS id, '1' AS label, 0.5 AS prediction, false AS trained FROM range(10) t(i)",
} as const;
const everything = 'drift: {}, quality: { labels: labels/*.parquet }, staleness: { model: 1d }, retrain: { on: [drift, data, age>1d] }';

test('with nothing live every part is inconclusive with the reason, and nothing asks for a training', async () => {
  await using rig = await openWatchedRig(model);

  const found = await checkService(rig.sources, { ...rig.watching(everything), live: null });

  assert.equal(found.verdict, 'inconclusive');
  assert.deepEqual(
    found.parts.map(({ part, verdict, reason }) => [part, verdict, reason]),
    ['drift', 'quality', 'staleness'].map((part) => [part, 'inconclusive', 'Nothing is live in "production"']),
  );
  assert.deepEqual(found.retrain, { wanted: false, reasons: [], heldBackBy: null });
});

test('a monitor with no data is inconclusive in every part, not silent and not a pass', async () => {
  await using rig = await openWatchedRig(model);

  const found = await checkService(rig.sources, rig.watching(everything));

  assert.equal(found.verdict, 'inconclusive');
  assert.deepEqual(
    found.parts.map(({ verdict }) => verdict),
    ['inconclusive', 'inconclusive', 'inconclusive'],
  );
  assert.match(found.parts[0]?.reason ?? '', /There is no prediction of the live release from/);
});

test('a part that cannot be evaluated is invalid with its reason, and the others go on', async () => {
  await using rig = await openWatchedRig(model);
  const broken = failure('TG-DATA-FILE-BROKEN', 'Cannot read "flights.parquet": its end is missing', null);
  const ages = { ...rig.sources.ages, model: () => Promise.reject(broken) };

  const found = await checkService({ ...rig.sources, ages }, rig.watching('drift: {}, staleness: { model: 1d }'));

  assert.deepEqual(
    found.parts.map(({ part, verdict }) => [part, verdict]),
    [
      ['drift', 'inconclusive'],
      ['staleness', 'invalid'],
    ],
  );
  assert.equal(found.parts[1]?.reason, 'Cannot read "flights.parquet": its end is missing');
});

test('a log that cannot be read makes drift invalid and stops nothing else', async () => {
  await using rig = await openWatchedRig(model);
  const folder = join(rig.root, 'log', 'day=2024-06-14');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'broken.parquet'), 'PAR1 not really');

  const found = await checkService(rig.sources, rig.watching('drift: {}, staleness: { model: 1d }'));

  assert.deepEqual(
    found.parts.map(({ verdict }) => verdict),
    ['invalid', 'inconclusive'],
  );
  assert.match(found.parts[0]?.reason ?? '', /^Cannot read what is to be judged: Invalid/);
});

test('what was found is kept with a number, newest first, and nothing of it is changed or taken out', async () => {
  await using rig = await openWatchedRig(model);
  const findings = await checkService(rig.sources, rig.watching('drift: {}'));
  const place = { project: 'p', monitor: 'api' };
  const check: Omit<MonitorCheck, 'format' | 'sequence'> = {
    ...place,
    environment: 'production',
    release: rig.live.release,
    modelVersion: rig.live.digest,
    at: new Date(now).toISOString(),
    checkedAt: '2026-01-01T00:00:00.000Z',
    ...findings,
  };

  const [first, second] = [appendCheck(rig.state, check), appendCheck(rig.state, { ...check, environment: 'staging' })];
  appendRetraining(rig.state, { ...place, run: runId('r-20240614-000000-0001'), at: check.at, notedAt: check.checkedAt });

  assert.deepEqual(monitorChecks(rig.state, place, 10), [second, first]);
  assert.deepEqual(monitorChecks(rig.state, place, 1), [second]);
  assert.deepEqual(monitorChecks(rig.state, { ...place, monitor: 'other' }, 10), []);
  assert.deepEqual(
    retrainings(rig.state, place, 10).map(({ sequence, run }) => [sequence, run]),
    [[1, 'r-20240614-000000-0001']],
  );
  for (const table of ['monitor_check', 'retraining']) {
    assert.throws(() => rig.state.database.exec(`UPDATE ${table} SET record = ''`), /append-only/);
    assert.throws(() => rig.state.database.exec(`DELETE FROM ${table}`), /append-only/);
    assert.throws(() => rig.state.database.exec(`INSERT OR REPLACE INTO ${table} SELECT * FROM ${table}`), /append-only/);
  }
});
