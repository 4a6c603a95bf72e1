import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Digest, ReplayReport } from '@tidegate/formats';
import { openSqliteOnlineStore, type Row } from '@tidegate/runtime';
import { loadDefinitions, materialise } from '../../features/index.ts';
import { argv, fixtures, makeScoringBench, type ScoringBench, storeFixture } from '../test-bench.ts';
import { type Harbour, storeHarbour } from '../test-harbour.ts';
import { askService, startService } from '../test-service.ts';
import { type ReplayOrder, replayLog } from './replay-log.ts';

for (const name of ['multiclass', 'binary', 'regression'])
  test(`what the model "${name}" has answered comes out again, row by row and of rows sent together`, async (t) => {
    const bench = makeScoringBench(t);
    const release = await storeFixture(bench.store, name);
    const { rows } = JSON.parse(await readFile(join(fixtures, `${name}.cases.json`), 'utf8')) as { readonly rows: readonly Row[] };
    const service = await startService(bench, release, ['--log', bench.path('predictions')]);
    t.after(service.kill);

    for (const row of rows) await askService(service.address, { rows: [row] });
    await askService(service.address, { rows });
    const all = 2 * rows.length;
    const report = await replayed(bench, all, {});

    assert.deepEqual(
      { ...report.rows, equal: report.rows.equal + report.rows.close },
      {
        logged: all,
        incomparable: 0,
        compared: all,
        equal: all,
        close: 0,
        differing: 0,
        refused: 0,
        withOtherFeatures: 0,
      },
    );
    assert.equal(report.verdict, 'pass');
  });

const noon = Date.UTC(2024, 0, 1, 12);
const wind = `SELECT 'a' AS pier, TIMESTAMP '2024-01-01 10:00:00' AS event, TIMESTAMP '2024-01-01 10:00:00' AS known, 'NaN'::DOUBLE AS speed, 0.1::DOUBLE AS gust
  UNION ALL SELECT 'b', TIMESTAMP '2024-01-01 11:00:00', TIMESTAMP '2024-01-01 11:00:00', 1.5, NULL`;

test('features are the same where the datasets say what the store said; a value that was corrected since is a mismatch, told by its row', async (t) => {
  const bench = makeScoringBench(t);
  const harbour = await storeHarbour(bench.store, bench.folder, { wind, ttlMs: null });
  const corrected = await storeHarbour(bench.store, bench.folder, {
    wind: wind.replace('1.5', '1.25').replace('0.1::', 'NULL::'),
    ttlMs: null,
  });
  await answer(t, bench, harbour, ['a', 'b', 'nowhere']);

  const same = await replayed(bench, 3, { dataOf: async () => harbour });
  const other = await replayed(bench, 3, { dataOf: async () => corrected, output: bench.path('rows.parquet') });
  const hidden = await replayed(bench, 3, { dataOf: async () => corrected, hiddenIn: async () => ['wind__gust', 'wind__speed'] });

  assert.deepEqual([same.verdict, same.rows.equal, same.rows.withOtherFeatures], ['pass', 3, 0]);
  assert.deepEqual(
    other.features.map(({ name, mismatch, missing, extra, smape }) => ({ name, mismatch, missing, extra, smape })),
    [
      { name: 'wind__gust', mismatch: 0, missing: 0, extra: 1, smape: null },
      { name: 'wind__speed', mismatch: 1, missing: 0, extra: 0, smape: 0.25 / 2.75 },
    ],
  );
  assert.deepEqual([other.verdict, other.rows.withOtherFeatures, other.examples.length], ['fail', 2, 2]);
  assert.deepEqual(
    (await bench.read('rows.parquet')).map((row) => row['features']),
    [['wind__gust'], ['wind__speed'], []],
  );
  assert.deepEqual([hidden.features, hidden.rows.withOtherFeatures], [[], 0]);
});

async function answer(
  t: TestContext,
  bench: ScoringBench,
  { release, datasets, definitions }: Harbour,
  piers: readonly string[],
): Promise<void> {
  const online = openSqliteOnlineStore(bench.path('online.sqlite'));
  const definition = await loadDefinitions(bench.store, definitions);
  const place = { store: bench.store, online, folder: bench.path('materialise'), signal: new AbortController().signal };
  await materialise({ ...place, service: 'harbour', definition, datasets, known: ['wind'], atMs: noon });
  online.close();
  const service = await startService(bench, release, ['--online', bench.path('online.sqlite'), '--log', bench.path('predictions')]);
  t.after(service.kill);
  for (const pier of piers) await askService(service.address, { at: new Date(noon).toISOString(), rows: [{ pier, depth: 2 }] });
}

/** The report once the log has so many rows: it is written a moment after the answer. */
async function replayed(bench: ScoringBench, rows: number, some: Partial<ReplayOrder>): Promise<ReplayReport> {
  const order: ReplayOrder = {
    store: bench.store,
    argv,
    signature: async () => null,
    python: async () => 'python3',
    variables: { PATH: process.env['PATH'] ?? '' },
    folder: mkdtempSync(bench.path('replay-')),
    signal: new AbortController().signal,
    project: 'harbour',
    environment: 'production',
    service: 'tide-api',
    log: bench.path('predictions'),
    sinceMs: null,
    untilMs: null,
    tolerance: 1e-6,
    hiddenIn: async (_release: Digest) => [],
    dataOf: async () => ({ datasets: [], versions: {} }),
    output: null,
    progress: () => {},
    ...some,
  };
  for (;;) {
    const report = await replayLog({ ...order, folder: mkdtempSync(bench.path('replay-')) });
    if (report.rows.logged >= rows) return report;
    await delay(100);
  }
}
