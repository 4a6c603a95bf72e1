import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ColumnDrift, digestOfHex, type Evidence } from '@tidegate/formats';
import { openWatchedRig, type WatchedRig } from '../fixtures/watched-rig.ts';
import type { Watched } from '../watched.ts';
import { judgeRowsDrift, judgeWindowDrift } from './judge-drift.ts';

const inputs = [
  { name: 'wind', type: 'number' },
  { name: 'hour', type: 'integer' },
  { name: 'carrier', type: 'string' },
  { name: 'moment', type: 'timestamp' },
] as const;

/** A number in 0 to 1 that looks like chance, of a row and a salt. */
const chance = (salt: string): string => `((hash(i || '${salt}') % 100000) / 100000.0)`;

interface Rows {
  readonly wind?: string;
  readonly hour?: string;
  readonly carrier?: string;
  readonly prediction?: string;
  readonly salt?: string;
}

const usual = (salt: string): Required<Omit<Rows, 'salt'>> => ({
  wind: `10 * ${chance(`${salt}w`)} + 5`,
  hour: `(24 * ${chance(`${salt}h`)})::BIGINT`,
  carrier: `list_extract(['UA', 'DL', 'AA', 'B6'], 1 + (4 * ${chance(`${salt}c`)} * ${chance(`${salt}d`)})::BIGINT % 4)`,
  prediction: chance(`${salt}p`),
});

/** SELECT of so many rows; what is not said is as in training. */
function trainingRows(rows: number, { salt = 'train' }: Rows = {}): string {
  const { wind, hour, carrier } = usual(salt);
  return `SELECT ${wind} AS wind, ${hour} AS hour, ${carrier} AS carrier, TIMESTAMP '2024-01-01' AS moment FROM range(${rows}) t(i)`;
}

function loggedRows(rows: number, { salt = 'now', ...changed }: Rows = {}, at = '2024-06-14 12:00:00'): string {
  const { wind, hour, carrier, prediction } = { ...usual(salt), ...changed };
  return `SELECT '${salt}' || i AS id, TIMESTAMP '${at}' AS "at", ${wind} AS "input.wind", ${hour} AS "input.hour", ${carrier} AS "input.carrier",
    '2024-01-01' AS "input.moment", ${prediction} AS prediction, NULL::VARCHAR AS label, NULL::DOUBLE[] AS probabilities FROM range(${rows}) t(i)`;
}

const model = {
  inputs,
  training: trainingRows(20_000),
  tested: `SELECT i AS row, CAST(i AS VARCHAR) AS id, '1' AS label, ${chance('test')} AS prediction, false AS trained FROM range(5000) t(i)`,
};

async function judge(rig: WatchedRig, watched: Watched = rig.watched) {
  const drift = watched.config.drift ?? assert.fail('drift is watched');
  const { part, evidence } = await judgeWindowDrift(rig.sources, watched, drift);
  const of = (name: string): Evidence | undefined => evidence.find((one) => one.name === name);
  return { part, evidence, of, verdicts: Object.fromEntries(evidence.map(({ name, verdict }) => [name, verdict])) };
}

function detailsOf(evidence: Evidence | undefined): ColumnDrift {
  return (evidence ?? assert.fail('the column was judged')).details as unknown as ColumnDrift;
}

test('unchanged rows pass, column by column, with what was compared', async () => {
  await using rig = await openWatchedRig(model);
  await rig.predict('same', loggedRows(5000));

  const { part, verdicts, of } = await judge(rig);

  assert.deepEqual(verdicts, {
    'drift.input.wind': 'pass',
    'drift.input.hour': 'pass',
    'drift.input.carrier': 'pass',
    'drift.prediction': 'pass',
  });
  assert.equal(part.reason, 'All 4 columns are as they were, by 5,000 predictions');
  assert.match(
    of('drift.input.wind')?.reason ?? '',
    /^wind is as it was: total variation at most 0\.0\d+, 0\.1 matters, 5,000 rows; would be found: a shift of \S+ standard deviations, values \S+ times as far apart, \S+ % more without a value, any change from 0\.\d+ on$/,
  );
});

test('what a data contract allows of an input comes before the floor of the monitor', async () => {
  await using rig = await openWatchedRig(model);
  await rig.predict('other', loggedRows(5000, { wind: `10 * ${chance('x')} + 6.5` }));

  const usually = await judge(rig);
  const allowed = await judge(rig, rig.watching('drift: {}', { floors: new Map([['wind', 0.3]]) }));
  const strict = await judge(rig, rig.watching('drift: { floor: 0.3 }', { floors: new Map([['wind', 0.02]]) }));

  assert.deepEqual(
    [usually, allowed, strict].map(({ verdicts }) => verdicts['drift.input.wind']),
    ['fail', 'pass', 'fail'],
  );
  assert.match(allowed.of('drift.input.wind')?.reason ?? '', /0\.3 matters/);
  assert.match(strict.of('drift.input.wind')?.reason ?? '', /0\.02 matters/);
  assert.match(strict.of('drift.input.hour')?.reason ?? '', /0\.3 matters/);
});

test('a shift, a new category and values that are missing are each found, and named', async () => {
  await using rig = await openWatchedRig(model);
  const changed = {
    wind: `10 * ${chance('x')} + 9`,
    hour: `CASE WHEN ${chance('m')} < 0.3 THEN NULL ELSE ${usual('now').hour} END`,
    carrier: `CASE WHEN ${chance('n')} < 0.4 THEN 'WN' ELSE ${usual('now').carrier} END`,
  };
  await rig.predict('other', loggedRows(2104, changed));

  const { part, verdicts, of } = await judge(rig);

  assert.deepEqual(verdicts, {
    'drift.input.wind': 'fail',
    'drift.input.hour': 'fail',
    'drift.input.carrier': 'fail',
    'drift.prediction': 'pass',
  });
  assert.equal(part.verdict, 'fail');
  assert.equal(part.reason, 'Of 4 columns wind, hour, carrier moved, by 2,104 predictions');
  assert.match(
    of('drift.input.wind')?.reason ?? '',
    /^wind moved: (9\.9|10)\S* -> 1[34]\S* on average, total variation 0\.[34]\d* \(at least 0\.3\d*, 0\.1 matters\), 2,104 rows; would be found: a shift of \S+ standard deviations, values \S+ times as far apart, \S+ % more without a value, any change from 0\.\d+ on$/,
  );
  assert.match(of('drift.input.hour')?.reason ?? '', /^hour moved: missing values from 0 % to (29|30|31)\S* % of the rows/);
  assert.match(
    of('drift.input.carrier')?.reason ?? '',
    /^carrier moved: values never seen before such as "WN" from 0 % to (3[89]|4[01])\S* % of the rows/,
  );
  const { bins, means } = detailsOf(of('drift.input.wind'));
  assert.equal(bins.length, 10);
  assert.ok(Math.abs((means?.current ?? 0) - 14) < 0.3);
});

test('few rows are inconclusive, with the rows that would decide and the change that would go unseen', async () => {
  await using rig = await openWatchedRig(model);
  await rig.predict('few', loggedRows(60));

  const { part, of } = await judge(rig);

  assert.equal(part.verdict, 'inconclusive');
  assert.match(
    of('drift.input.wind')?.reason ?? '',
    /^wind cannot be judged by 60 rows: total variation \S+, at most \S+, 0\.1 matters; would be found: a shift of \S+ standard deviations, values \S+ times as far apart, \S+ % more without a value, any change from 0\.\d+ on; about [\d,]+ would decide$/,
  );
});

test('many rows make no alarm of a change that does not matter', async () => {
  await using rig = await openWatchedRig(model);
  await rig.predict('many', loggedRows(50_000, { wind: `10 * ${chance('y')} + 5.3` }));

  const { of } = await judge(rig);

  const { adjustedPValue } = detailsOf(of('drift.input.wind'));
  assert.ok(adjustedPValue < 0.001, `${adjustedPValue}`);
  assert.equal(of('drift.input.wind')?.verdict, 'pass');
});

test('a column that is gone or of another type is invalid, and the others are judged', async () => {
  await using rig = await openWatchedRig(model);
  const rows = loggedRows(3000, { wind: `'strong'` });
  await rig.predict('typed', `SELECT * EXCLUDE ("input.hour") FROM (${rows})`);

  const { part, verdicts, of } = await judge(rig);

  assert.equal(part.verdict, 'invalid');
  assert.equal(verdicts['drift.input.carrier'], 'pass');
  assert.equal(
    of('drift.input.wind')?.reason,
    'wind cannot be compared with the training set: it is of type number there, and 3,000 values such as "strong" are not',
  );
  assert.equal(of('drift.input.hour')?.reason, 'hour cannot be compared with the training set: the prediction log has no such column');
});

test('only predictions of the live release in the window are looked at, without what is ignored or personal', async () => {
  await using rig = await openWatchedRig(model);
  await rig.predict('now', loggedRows(3000));
  await rig.predict('before', loggedRows(500, { salt: 'b', wind: '99.0' }, '2024-06-07 23:59:59'));
  await rig.predict('after', loggedRows(400, { salt: 'a', wind: '99.0' }, '2024-06-15 00:00:01'));
  await rig.predict('replaced', loggedRows(300, { salt: 'r', wind: '99.0' }), digestOfHex('e'.repeat(64)));

  const { part, verdicts } = await judge(rig, rig.watching('drift: { ignore: [hour] }', { personal: ['carrier'] }));

  assert.deepEqual(verdicts, { 'drift.input.wind': 'pass', 'drift.prediction': 'pass' });
  assert.deepEqual(part.window, {
    from: '2024-06-08T00:00:00.000Z',
    until: '2024-06-15T00:00:00.000Z',
    rows: 3000,
    ofOtherReleases: 300,
    oneIn: 1,
  });
});

test('a window without predictions, and a model of which the training set is not known, are inconclusive and say so', async () => {
  await using rig = await openWatchedRig(model);

  const empty = await judge(rig);
  await rig.predict('now', loggedRows(100));
  const version = { ...rig.live.version, trainedOn: null };
  const unknown = await judge(rig, rig.watching('drift: {}', { live: { ...rig.live, version } }));

  assert.equal(empty.part.verdict, 'inconclusive');
  assert.match(empty.part.reason, /^There is no prediction of the live release from 2024-06-08/);
  assert.equal(unknown.part.verdict, 'inconclusive');
  assert.match(unknown.part.reason, /^It is not known what the live model was trained on/);
});

/** Training rows of 20 weeks, each windier or calmer than the next. */
const weekly = `SELECT ${usual('train').wind} + 4 * ((i // 1000) % 3) AS wind, ${usual('train').hour} AS hour, ${usual('train').carrier} AS carrier,
  TIMESTAMP '2024-01-01' + to_minutes(i * 10080 // 1000) AS moment FROM range(20500) t(i)`;

test('a week that differs as weeks of training do is no drift, one that differs by more is; by rows both are', async () => {
  await using rig = await openWatchedRig({ ...model, training: weekly });
  await rig.predict('week', loggedRows(3000, { wind: `${usual('now').wind} + 8` }));
  await using stormy = await openWatchedRig({ ...model, training: weekly });
  await stormy.predict('week', loggedRows(3000, { wind: `${usual('now').wind} + 14` }));
  const byRows = 'drift: { by: rows }';

  const [calm, calmByRows] = [await judge(rig), await judge(rig, rig.watching(byRows))];
  const [storm, stormByRows] = [await judge(stormy), await judge(stormy, stormy.watching(byRows))];

  assert.deepEqual(
    [calm, calmByRows, storm, stormByRows].map(({ verdicts }) => verdicts['drift.input.wind']),
    ['pass', 'fail', 'fail', 'fail'],
  );
  const { usual: between, distance, floor } = detailsOf(storm.of('drift.input.wind'));
  assert.ok(between !== null && between > 0.2 && distance > between + floor, `${between} ${distance}`);
  assert.equal(detailsOf(stormByRows.of('drift.input.wind')).usual, null);
  assert.match(
    calm.of('drift.input.wind')?.reason ?? '',
    /0\.[3-6]\d* matters: windows of the training set differ by 0\.[2-5]\d*, 3,000 rows; would be found: a shift of \S+ standard deviations, values \S+ times as far apart, \S+ % more without a value, any change from 0\.\d+ on$/,
  );
});

test('values that are missing are found however much weeks differ otherwise', async () => {
  await using rig = await openWatchedRig({ ...model, training: weekly });
  const wind = `CASE WHEN ${chance('gone')} < 0.25 THEN NULL ELSE ${usual('now').wind} + 8 END`;
  await rig.predict('week', loggedRows(3000, { wind }));

  const { verdicts, of } = await judge(rig);

  assert.equal(verdicts['drift.input.wind'], 'fail');
  assert.match(
    of('drift.input.wind')?.reason ?? '',
    /^wind moved: missing values from 0 % to 2[4-7]\S* % of the rows \(2[2-6]\S* % more at least, 10 % matters\), 3,000 rows; would be found: a shift of \S+ standard deviations, values \S+ times as far apart, \S+ % more without a value, any change from 0\.\d+ on$/,
  );
});

test('what is usual of predictions is told by the weeks of the test set', async () => {
  const tested = `SELECT i AS row, CAST(i AS VARCHAR) AS id, '1' AS label, 0.5 * ${chance('test')} + 0.1 * ((i // 1000) % 3) AS prediction, false AS trained FROM range(6500) t(i)`;
  const testSet = "SELECT TIMESTAMP '2024-04-01' + to_minutes(i * 10080 // 1000) AS moment FROM range(6500) t(i)";
  await using rig = await openWatchedRig({ ...model, tested, testSet });
  await using bare = await openWatchedRig({ ...model, tested });
  for (const each of [rig, bare]) await each.predict('week', loggedRows(3000, { prediction: `0.5 * ${chance('p')} + 0.2` }));

  const [known, unknown] = [await judge(rig), await judge(bare)];

  assert.equal(known.verdicts['drift.prediction'], 'pass');
  assert.ok((detailsOf(known.of('drift.prediction')).usual ?? 0) > 0.1);
  assert.equal(unknown.verdicts['drift.prediction'], 'fail');
  assert.equal(detailsOf(unknown.of('drift.prediction')).usual, null);
});

test('a reference of another length of windows is made anew, and kept where the training set is gone', async () => {
  await using rig = await openWatchedRig({ ...model, training: weekly });
  await rig.predict('week', loggedRows(3000));
  const usualBy = async (watched: Watched) => detailsOf((await judge(rig, watched)).of('drift.input.wind')).usual ?? 0;

  const week = await usualBy(rig.watched);
  const month = await usualBy(rig.watching('drift: {}, window: 28d'));
  const bare = { ...rig.live, version: { ...rig.live.version, trainedOn: null } };

  assert.ok(month < week, `${month} ${week}`);
  assert.equal(await usualBy(rig.watching('drift: {}', { live: bare })), month);
});

test('the reference is made once, and judges without the training set', async () => {
  await using rig = await openWatchedRig(model);
  await rig.predict('now', loggedRows(5000));

  const first = await judge(rig);
  const bare = { ...rig.live, version: { ...rig.live.version, trainedOn: null } };
  const again = await judge(rig, rig.watching('drift: {}', { live: bare }));

  assert.deepEqual(again.evidence, first.evidence);
});

async function tried(rig: WatchedRig, name: string, sql: string) {
  const file = `${rig.root}/${name}`;
  await rig.engine.run(`COPY (${sql}) TO '${file}' (FORMAT ${name.endsWith('.csv') ? 'csv, HEADER' : 'parquet'})`);
  return judgeRowsDrift(rig.sources, rig.watched, rig.watched.config.drift ?? assert.fail('drift is watched'), file);
}

test('rows drawn from the training set raise no alarm when they are tried, whatever draws them', async () => {
  await using rig = await openWatchedRig(model);

  for (const seed of [1, 2, 3]) {
    const drawn = `SELECT * FROM (${model.training}) USING SAMPLE reservoir(3000 ROWS) REPEATABLE (${seed})`;
    const { part } = await tried(rig, `drawn-${seed}.parquet`, drawn);

    assert.deepEqual(part, { part: 'drift', verdict: 'pass', reason: 'All 3 columns are as they were, by 3,000 rows', window: null });
  }
});

test('rows that are tried are judged like those that were asked, from CSV too, and predictions only where there are any', async () => {
  await using rig = await openWatchedRig(model);
  const shifted = `SELECT * REPLACE (wind + 8 AS wind), 0.99 AS prediction FROM (${trainingRows(3000, { salt: 'new' })})`;

  const { part, evidence } = await tried(rig, 'shifted.csv', shifted);

  const failed = evidence.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name);
  assert.deepEqual(failed, ['drift.input.wind', 'drift.prediction']);
  assert.equal(part.verdict, 'fail');
});

test('a file to try that lacks an input, has no rows or is no table says so', async () => {
  await using rig = await openWatchedRig(model);

  const without = await tried(rig, 'without.parquet', `SELECT * EXCLUDE (wind) FROM (${trainingRows(100)})`);
  const empty = await tried(rig, 'empty.parquet', trainingRows(0));

  assert.equal(without.part.verdict, 'invalid');
  assert.match(without.part.reason, /wind cannot be compared/);
  assert.deepEqual([empty.part.verdict, empty.part.reason], ['inconclusive', 'The file has no rows']);
  await assert.rejects(
    judgeRowsDrift(rig.sources, rig.watched, rig.watched.config.drift ?? assert.fail('drift is watched'), `${rig.root}/none.parquet`),
    /TG-CLI-NOT-FOUND: Cannot read the rows of ".*none\.parquet"/,
  );
});
