import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DriftedColumn } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { testDataset } from '../../test-dataset.ts';
import { judgeDataDrift } from '../judge-data-drift.ts';
import type { DataDriftSettings } from '../judged-sides.ts';
import { sideOfRecord } from '../version-side.ts';
import { judgeProfileDrift } from './judge-profile-drift.ts';
import { sideOfProfile } from './profile-side.ts';

const settings: DataDriftSettings = { floor: 0.1, falseAlarms: 0.01, ignore: [], by: 'rows', seasons: false };

/** A number in 0 to 1 that looks like chance, of a row and a salt. */
const chance = (salt: string): string => `((hash(i || '${salt}') % 100000) / 100000.0)`;

/** Rows of 60 days; what is named is other than usual. */
function rows(salt: string, count: number, changed: { readonly [name: string]: string } = {}): string {
  const columns: { readonly [name: string]: string } = {
    id: `(i + ${salt.length * 1_000_000})::BIGINT`,
    wind: `10 * ${chance(`${salt}w`)} + 5`,
    delay: `CASE WHEN ${chance(`${salt}m`)} < 0.8 THEN exp(6 * ${chance(`${salt}d`)}) END`,
    stops: `(4 * ${chance(`${salt}s`)})::INT`,
    seats: `(300 * ${chance(`${salt}t`)})::INT`,
    open: `${chance(`${salt}o`)} < 0.7`,
    carrier: `list_extract(['UA', 'DL', 'AA', 'B6'], 1 + (4 * ${chance(`${salt}c`)} * ${chance(`${salt}e`)})::BIGINT % 4)`,
    day: `DATE '2024-01-01' + (60 * ${chance(`${salt}y`)})::INT`,
    nothing: 'NULL::DOUBLE',
  };
  return `SELECT ${Object.entries({ ...columns, ...changed })
    .map(([name, sql]) => `${sql} AS "${name}"`)
    .join(', ')} FROM range(${count}) t(i)`;
}

/** Two versions of one dataset, judged by their rows and by their profiles. */
async function bothWays(old: string, young: string, contract?: string) {
  await using dataset = await testDataset();
  const version = async (query: string) => {
    await dataset.writeParquet('t.parquet', query);
    return (await dataset.run(contract === undefined ? {} : { contract })).version;
  };
  const [before, after] = [await version(old), await version(young)];
  using engine = await openEngine({ threads: 1 });
  return {
    byRows: await judgeDataDrift(
      engine,
      { before: await sideOfRecord(dataset, before, null), after: await sideOfRecord(dataset, after, null) },
      settings,
    ),
    byProfiles: judgeProfileDrift(
      { before: await sideOfProfile(dataset, before, null), after: await sideOfProfile(dataset, after, null) },
      settings,
    ),
  };
}

const verdicts = (columns: readonly DriftedColumn[]): { readonly [name: string]: string } =>
  Object.fromEntries(columns.map(({ column, view, verdict }) => [`${column}: ${view}`, verdict]));

test('profiles give the verdicts that rows give, of what moved and of what did not', async () => {
  const { byRows, byProfiles } = await bothWays(
    rows('before', 12_000),
    rows('now', 8000, {
      wind: `10 * ${chance('x')} + 7`,
      stops: `(4 * ${chance('y')} * ${chance('z')})::INT`,
      carrier: `CASE WHEN ${chance('n')} < 0.4 THEN 'WN' ELSE 'UA' END`,
      day: `DATE '2024-01-01' + 7 * (8 * ${chance('u')})::INT`,
    }),
  );

  assert.deepEqual(verdicts(byProfiles.columns), verdicts(byRows.columns));
  assert.equal(byProfiles.verdict, 'fail');
  assert.deepEqual(byProfiles.columns.flatMap(({ column, verdict }) => (verdict === 'fail' ? [column] : [])).toSorted(), [
    'carrier',
    'day',
    'stops',
    'wind',
  ]);
  assert.deepEqual(byProfiles.leftOut, byRows.leftOut);
  assert.deepEqual(byProfiles.rows, byRows.rows);
  for (const own of byProfiles.columns) {
    const theirs = byRows.columns.find(({ column, view }) => column === own.column && view === own.view);
    assert.ok(own.drift !== null && theirs?.drift != null, own.column);
    assert.ok(
      Math.abs(own.drift.distance - theirs.drift.distance) < 0.03,
      `${own.column}: ${own.drift.distance}, ${theirs.drift.distance} by rows`,
    );
    assert.equal(own.drift.rows, theirs.drift.rows);
    assert.equal(own.drift.error, undefined, own.column);
    const [bounds, measured] = [own.measures, theirs.measures];
    if (bounds?.of === 'binned numbers') {
      assert.equal(measured?.of, 'numbers');
      const ks = measured.kolmogorovSmirnov?.statistic ?? Number.NaN;
      assert.ok(ks >= bounds.kolmogorovSmirnov.least - 1e-12 && ks <= bounds.kolmogorovSmirnov.most + 1e-12, `${own.column}: ${ks}`);
      assert.ok(bounds.kolmogorovSmirnov.most - bounds.kolmogorovSmirnov.least < 0.03, own.column);
    } else assert.deepEqual(bounds, measured, own.column);
  }
  assert.match(byProfiles.reason, /8,000 rows against 12,000, from their profiles; the chance/);
});

test('a column that is gone, of another type or of persons is told as by rows, and of a personal one a profile has nothing', async () => {
  const contract = `apiVersion: v3.1.0
kind: DataContract
id: t
version: 1.0.0
status: active
schema:
  - name: t
    properties:
      - { name: carrier, customProperties: [{ property: tidegate.personal, value: true }] }
`;
  const { byProfiles } = await bothWays(
    rows('before', 3000),
    `SELECT * EXCLUDE (delay) REPLACE (wind::VARCHAR AS wind) FROM (${rows('now', 3000)})`,
    contract,
  );

  assert.deepEqual(
    byProfiles.columns.flatMap(({ column, verdict, reason }) => (verdict === 'invalid' ? [[column, reason]] : [])),
    [
      ['delay', 'delay cannot be compared with the reference: the later rows have no such column'],
      ['wind', 'wind cannot be compared with the reference: it is of type string there, and was number'],
    ],
  );
  assert.deepEqual(byProfiles.leftOut.find(({ column }) => column === 'carrier')?.reason, 'of a personal column a profile has no values');
});

test('texts of which each row has another one are left out, whether there are few or many rows', async () => {
  const texts = (salt: string, count: number): string => `SELECT md5(i || '${salt}') AS code, i / 7 AS x FROM range(${count}) t(i)`;
  const many = await bothWays(texts('before', 9000), texts('now', 9000));
  const few = await bothWays(texts('before', 300), texts('now', 300));

  assert.deepEqual(many.byProfiles.leftOut, [
    { column: 'code', reason: 'nearly each row has another text in it, of which profiles tell nothing: its rows would' },
  ]);
  assert.equal(many.byProfiles.verdict, 'pass');
  assert.deepEqual(verdicts(few.byProfiles.columns), verdicts(few.byRows.columns));
});
