import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DriftedColumn } from '@tidegate/formats';
import { type Engine, openEngine } from '@tidegate/runtime';
import type { DriftColumn, DriftSide } from './drift-side.ts';
import { judgeDataDrift } from './judge-data-drift.ts';
import type { DataDriftSettings } from './judged-sides.ts';

const settings: DataDriftSettings = { floor: 0.1, falseAlarms: 0.01, ignore: [], by: 'windows', seasons: true };

/** A number in 0 to 1 that looks like chance, of a row and a salt. */
const chance = (salt: string): string => `((hash(i || '${salt}') % 100000) / 100000.0)`;

const columns: readonly DriftColumn[] = [
  { name: 'wind', type: 'number', personal: false },
  { name: 'open', type: 'boolean', personal: false },
  { name: 'carrier', type: 'string', personal: false },
  { name: 'at', type: 'timestamp', personal: false },
];

interface Rows {
  readonly salt: string;
  readonly count: number;
  /** SQL of a column by its name, other than usual. */
  readonly changed?: { readonly [name: string]: string };
}

/** Rows of 60 days from the first of January on, unless `at` says otherwise. */
function side({ salt, count, changed = {} }: Rows, own = columns): DriftSide {
  const usual: { readonly [name: string]: string } = {
    wind: `10 * ${chance(`${salt}w`)} + 5`,
    open: `${chance(`${salt}o`)} < 0.7`,
    carrier: `list_extract(['UA', 'DL', 'AA', 'B6'], 1 + (4 * ${chance(`${salt}c`)} * ${chance(`${salt}d`)})::BIGINT % 4)`,
    at: `TIMESTAMP '2024-01-01' + to_seconds((i * 60.0 * 86400 / ${count})::BIGINT)`,
  };
  const sql = `SELECT ${own.map(({ name }) => `${changed[name] ?? usual[name]} AS "${name}"`).join(', ')} FROM range(${count}) t(i)`;
  return { sql, columns: own, time: own.some(({ name }) => name === 'at') ? 'at' : null };
}

async function judge(engine: Engine, before: DriftSide, after: DriftSide, changed: Partial<DataDriftSettings> = {}) {
  const found = await judgeDataDrift(engine, { before, after }, { ...settings, ...changed });
  const of = (column: string, view = 'values'): DriftedColumn =>
    found.columns.find((one) => one.column === column && one.view === view) ?? assert.fail(`${column}, ${view}`);
  return { ...found, of, verdicts: Object.fromEntries(found.columns.map((one) => [`${one.column}: ${one.view}`, one.verdict])) };
}

const before = side({ salt: 'before', count: 20_000 });

test('rows that are as they were pass in every view of every column, with measures and what they could have shown', async () => {
  using engine = await openEngine();

  const { verdicts, of, reason, settings: used } = await judge(engine, before, side({ salt: 'now', count: 5000 }));

  assert.deepEqual(verdicts, {
    'at: gap': 'fail', // a quarter of the rows in the same time
    'at: hour of day': 'pass',
    'at: weekday': 'pass',
    'carrier: values': 'pass',
    'open: values': 'pass',
    'wind: values': 'pass',
  });
  assert.match(
    of('wind').reason,
    /^wind is as it was: .*; would be found: a shift of \S+ standard deviations, values \S+ times as far apart, \S+ % more without a value, any change from 0\.\d+ on$/,
  );
  assert.match(reason, /^Of 6 columns at moved, 5,000 rows against 20,000; the chance of any false alarm is at most 1 %$/);
  assert.equal(used.tested, 6);
  const measures = of('wind').measures;
  assert.ok(measures?.of === 'numbers' && (measures.kolmogorovSmirnov?.pValue ?? 0) > 0.001);
});

test('a shift, a truth value, a class and hours that moved are each found', async () => {
  using engine = await openEngine();
  const changed = {
    wind: `10 * ${chance('x')} + 8`,
    open: `${chance('y')} < 0.3`,
    carrier: `CASE WHEN ${chance('n')} < 0.4 THEN 'WN' ELSE 'UA' END`,
    at: `date_trunc('day', TIMESTAMP '2024-01-01' + to_days((60 * ${chance('t')})::INT)) + to_hours((12 * ${chance('h')})::INT)`,
  };

  const { verdicts, of } = await judge(engine, before, side({ salt: 'now', count: 4000, changed }), { ignore: ['none'] });

  assert.equal(verdicts['wind: values'], 'fail');
  assert.equal(verdicts['open: values'], 'fail');
  assert.equal(verdicts['carrier: values'], 'fail');
  assert.equal(verdicts['at: hour of day'], 'fail');
  assert.match(of('at', 'hour of day').reason, /^at \(hour of day\) moved: "\d\d" from /);
});

test('a column that is gone or of another type is invalid; what only the later rows have and what is not counted is told', async () => {
  using engine = await openEngine();
  const later: readonly DriftColumn[] = [
    { name: 'wind', type: 'string', personal: false },
    { name: 'carrier', type: 'string', personal: false },
    { name: 'at', type: 'timestamp', personal: false },
    { name: 'gate', type: 'string', personal: false },
  ];
  const after = side({ salt: 'now', count: 3000, changed: { wind: "'calm'", gate: "'A1'" } }, later);

  const { verdict, of, leftOut } = await judge(engine, before, after, { ignore: ['carrier'] });

  assert.equal(verdict, 'invalid');
  assert.equal(of('open').reason, 'open cannot be compared with the reference: the later rows have no such column');
  assert.equal(of('wind').reason, 'wind cannot be compared with the reference: it is of type string there, and was number');
  assert.deepEqual(leftOut, [
    { column: 'carrier', reason: 'it is not to be looked at' },
    { column: 'gate', reason: 'the reference has no such column' },
  ]);
});

test('few rows are inconclusive, with what could not be found and the rows that would decide', async () => {
  using engine = await openEngine();

  const { verdict, of } = await judge(engine, before, side({ salt: 'now', count: 60 }), { ignore: ['at'] });

  assert.equal(verdict, 'inconclusive');
  assert.match(
    of('wind').reason,
    /; would be found: a shift of \S+ standard deviations, values \S+ times as far apart, \S+ % more without a value, any change from 0\.\d+ on; about [\d,]+ would decide$/,
  );
});

test('values of personal columns are judged and never shown', async () => {
  using engine = await openEngine();
  const personal = columns.map((column) => ({ ...column, personal: column.name === 'carrier' || column.name === 'wind' }));
  const after = side({ salt: 'now', count: 4000, changed: { carrier: "'Jane Doe'", wind: '7777.25' } }, personal);

  const found = await judge(engine, side({ salt: 'before', count: 20_000 }, personal), after);

  assert.equal(found.of('carrier').verdict, 'fail');
  assert.equal(found.of('wind').verdict, 'fail');
  assert.doesNotMatch(JSON.stringify(found), /Jane|UA|B6|7777/);
});

test('rows of a Sunday are compared with Sundays, and a month that the reference has once cannot be told from drift', async () => {
  using engine = await openEngine();
  const windy = (at: string): string => `10 * ${chance('s')} + CASE WHEN isodow(${at}) = 7 THEN 12 ELSE 5 END`;
  const at = `TIMESTAMP '2024-01-01' + to_seconds((i * 60.0 * 86400 / 40000)::BIGINT)`;
  const reference = side({ salt: 'before', count: 40_000, changed: { at, wind: windy(at) } });
  const sunday = `TIMESTAMP '2024-03-03' + to_seconds((i * 86000.0 / 3000)::BIGINT)`;
  const after = side({ salt: 'now', count: 3000, changed: { at: sunday, wind: `10 * ${chance('z')} + 12` } });

  const alike = await judge(engine, reference, after, { ignore: ['at', 'carrier', 'open'] });
  const plain = await judge(engine, reference, after, { ignore: ['at', 'carrier', 'open'], seasons: false, by: 'rows' });

  assert.notEqual(alike.of('wind').verdict, 'fail');
  assert.equal(plain.of('wind').verdict, 'fail');
  assert.deepEqual(alike.seasons, [
    'Compared with rows of the same weekdays, which the reference has of 8 weeks',
    'A season cannot be told from drift by months: the reference has the same ones of 0 years, 2 are needed',
  ]);
});

test('days that differ as days of the reference do are no drift, and the same by rows are', async () => {
  using engine = await openEngine();
  const weather = (at: string, salt: string): string =>
    `4 * ${chance(salt)} + 8 * ((hash(date_trunc('day', ${at})::VARCHAR) % 1000) / 1000.0)`;
  const at = `TIMESTAMP '2024-01-01' + to_seconds((i * 60.0 * 86400 / 40000)::BIGINT)`;
  const day = `TIMESTAMP '2024-01-20' + to_seconds((i * 86399.0 / 3000)::BIGINT)`;
  const reference = side({ salt: 'before', count: 40_000, changed: { at, wind: weather(at, 'a') } });
  const after = side({ salt: 'now', count: 3000, changed: { at: day, wind: weather(day, 'b') } });
  const only = { ignore: ['at', 'carrier', 'open'], seasons: false } as const;

  const byWindows = await judge(engine, reference, after, only);
  const byRows = await judge(engine, reference, after, { ...only, by: 'rows' });

  assert.notEqual(byWindows.of('wind').verdict, 'fail');
  assert.equal(byRows.of('wind').verdict, 'fail');
  assert.ok((byWindows.settings.windowMs ?? 0) > 86_000_000);
  assert.match(byWindows.of('wind').reason, /windows of the reference differ by/);
});

test('a column that numbers the rows is left out, and one of whole numbers that come again is not', async () => {
  using engine = await openEngine();
  const own = [
    { name: 'id', type: 'integer', personal: false },
    { name: 'age', type: 'integer', personal: false },
  ] as const;
  const rows = (first: number): DriftSide => ({
    sql: `SELECT i AS id, (i * 7919) % 90 AS age FROM range(${first}, ${first + 2000}) t(i)`,
    columns: own,
    time: null,
  });

  const { verdicts, leftOut } = await judge(engine, rows(0), rows(2000));

  assert.deepEqual(verdicts, { 'age: values': 'pass' });
  assert.deepEqual(leftOut, [{ column: 'id', reason: 'each row has another whole number in it, as a name does' }]);
});
