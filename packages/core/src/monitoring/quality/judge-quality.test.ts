import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QualityDetails } from '@tidegate/formats';
import { openWatchedRig, type WatchedRig } from '../fixtures/watched-rig.ts';
import type { Watched } from '../watched.ts';
import { judgeQuality } from './judge-quality.ts';

/** A number in 0 to 1 that looks like chance. */
const chance = (salt: string): string => `((hash(i || '${salt}') % 100000) / 100000.0)`;
/** A truth that is 1 with the probability that is predicted: an AUC of about 0.83. */
const honest = (salt: string): string => `(${chance(`${salt}t`)} < ${chance(`${salt}p`)})::INT`;

const model = {
  inputs: [{ name: 'x', type: 'number' }],
  training: `SELECT ${chance('x')} AS x, TIMESTAMP '2024-01-01' AS moment FROM range(1000) t(i)`,
  tested: `SELECT i AS row, CAST(i AS VARCHAR) AS id, CAST(${honest('g')} AS VARCHAR) AS label, ${chance('gp')} AS prediction, false AS trained FROM range(10000) t(i)`,
} as const;

function logged(rows: number, at = '2024-06-12 12:00:00'): string {
  return `SELECT 'p' || i AS id, TIMESTAMP '${at}' AS "at", 1.0 AS "input.x", ${chance('np')} AS prediction,
    CASE WHEN ${chance('np')} > 0.5 THEN '1' ELSE '0' END AS label, NULL::DOUBLE[] AS probabilities FROM range(${rows}) t(i)`;
}

const labelled = (label: string, { from = 0, until, at = '2024-06-13 06:00:00' }: { from?: number; until: number; at?: string }): string =>
  `SELECT 'p' || i AS prediction_id, ${label} AS label, TIMESTAMP '${at}' AS labelled_at FROM range(${from}, ${until}) t(i)`;

async function judge(rig: WatchedRig, watched: Watched = rig.watching('quality: { labels: labels/*, metric: auc, margin: 0.03 }')) {
  const quality = watched.config.quality ?? assert.fail('quality is watched');
  const { part, evidence } = await judgeQuality(rig.sources, watched, quality);
  return { part, details: evidence[0]?.details as unknown as QualityDetails };
}

test('a model that is as good as at the gate passes, one that got worse fails, each with its interval', async () => {
  await using good = await openWatchedRig(model);
  await good.predict('now', logged(5000));
  await good.label('a.parquet', labelled(honest('n'), { until: 5000 }));
  await using bad = await openWatchedRig(model);
  await bad.predict('now', logged(5000));
  await bad.label('a.csv', labelled(`CASE WHEN ${chance('z')} < 0.4 THEN 1 - ${honest('n')} ELSE ${honest('n')} END`, { until: 5000 }));

  const [passed, failed] = [await judge(good), await judge(bad)];

  assert.equal(passed.part.verdict, 'pass', passed.part.reason);
  assert.match(
    passed.part.reason,
    /^auc is 0\.8\d+ and was 0\.8\d+ at the gate: it lost at most 0(\.0\d+)?, and 0\.03 is allowed; 5,000 of 5,000 predictions have a label$/,
  );
  assert.equal(passed.part.window?.until, '2024-06-14T00:00:00.000Z');
  assert.equal(failed.part.verdict, 'fail', failed.part.reason);
  assert.match(failed.part.reason, /^auc is 0\.[56]\d+ and was 0\.8\d+ at the gate: it lost at least 0\.[12]\d+, and 0\.03 is allowed/);
  assert.ok((failed.details.difference?.high ?? 0) < -0.03);
});

test('few labels are inconclusive, with the number that would decide', async () => {
  await using rig = await openWatchedRig(model);
  await rig.predict('now', logged(200));
  await rig.label('a.parquet', labelled(honest('n'), { until: 200 }));

  const { part } = await judge(rig);

  assert.equal(part.verdict, 'inconclusive');
  assert.match(part.reason, /about [\d,]+ labels would decide|no number of labels would decide/);
});

test('labels late, missing, twice, corrected, contradicting, of unknown predictions and not yet known are each counted', async () => {
  await using rig = await openWatchedRig(model);
  await rig.predict('now', logged(1000));
  await rig.predict('young', logged(50, '2024-06-14 18:00:00').replaceAll("'p' ||", "'young' ||"));
  await rig.label('a.parquet', labelled(honest('n'), { until: 900 }));
  await rig.label('b.parquet', labelled(honest('n'), { from: 900, until: 930, at: '2024-06-14 20:00:00' })); // late
  await rig.label('c.parquet', labelled(honest('n'), { until: 40 })); // twice
  await rig.label('d.csv', labelled(`${honest('n')} = 1`, { from: 40, until: 45 })); // twice, written otherwise
  await rig.label('e.parquet', labelled(`1 - ${honest('n')}`, { from: 100, until: 110, at: '2024-06-13 12:00:00' })); // corrected later
  await rig.label('f.parquet', labelled(`1 - ${honest('n')}`, { from: 200, until: 207 })); // contradicting
  await rig.label('g.parquet', labelled(`1 - ${honest('n')}`, { from: 300, until: 400, at: '2024-06-16 00:00:00' })); // of tomorrow
  await rig.label('h.parquet', labelled('1', { from: 5000, until: 5003 })); // no log has them
  await rig.label('i.csv', labelled(`'maybe'`, { from: 950, until: 952 })); // no class

  const { part, details } = await judge(rig);

  assert.deepEqual(details.labels, {
    predictions: 1000,
    labelled: 923,
    missing: 68,
    late: 30,
    duplicates: 45,
    corrected: 10,
    contradicting: 7,
    unusable: 2,
    unknownIds: 3,
    notYetKnown: 100,
  });
  assert.match(
    part.reason,
    /; 923 of 1,000 predictions have a label; 30 came late; 45 are there twice; 10 were corrected; 7 contradict each other and are left out; 2 cannot be used; 3 are of predictions that no log has$/,
  );
});

test('a corrected label counts by its latest value', async () => {
  await using rig = await openWatchedRig(model);
  await rig.predict('now', logged(3000));
  await rig.label('a.parquet', labelled(`1 - ${honest('n')}`, { until: 3000 }));
  await rig.label('b.parquet', labelled(honest('n'), { until: 3000, at: '2024-06-13 12:00:00' }));

  const { part, details } = await judge(rig);

  assert.equal(part.verdict, 'pass', part.reason);
  assert.equal(details.labels.corrected, 3000);
});

test('too few labels of the window, none at all, and files that cannot be read are no pass', async () => {
  await using rig = await openWatchedRig(model);
  await rig.predict('now', logged(1000));
  const none = await judge(rig);
  await rig.label('a.parquet', labelled(honest('n'), { until: 500 }));
  const few = await judge(rig);
  await rig.label('b.csv', 'SELECT 1 AS prediction_id, 1 AS truth');
  const broken = await judge(rig);

  assert.deepEqual([none.part.verdict, none.part.reason], ['inconclusive', 'No label has come: no file matches "labels/*"']);
  assert.deepEqual(
    [few.part.verdict, few.part.reason],
    ['inconclusive', 'Too few labels are in: 500 of 1,000 predictions have a label, and 80 % are asked for'],
  );
  assert.deepEqual(
    [broken.part.verdict, broken.part.reason],
    ['invalid', 'The labels cannot be read: "labels/b.csv" has no column "label"'],
  );
});

test('a regression is measured in the unit of its label, with a margin that is a share', async () => {
  await using rig = await openWatchedRig({
    ...model,
    task: 'regression',
    classes: [],
    tested: `SELECT i AS row, CAST(i AS VARCHAR) AS id, 100 * ${chance('r')} AS label, 100 * ${chance('r')} + 10 * (${chance('e')} - 0.5) AS prediction, false AS trained FROM range(5000) t(i)`,
  });
  await rig.predict(
    'now',
    logged(5000)
      .replace(`${chance('np')} AS prediction`, `100 * ${chance('np')} AS prediction`)
      .replace(/CASE .* END AS label/, 'NULL::VARCHAR AS label'),
  );
  await rig.label('a.csv', labelled(`100 * ${chance('np')} + 20 * (${chance('f')} - 0.5)`, { until: 5000 }));

  const { part } = await judge(rig, rig.watching('quality: { labels: labels/*, metric: mae, margin: 50% }'));

  assert.equal(part.verdict, 'fail');
  assert.match(part.reason, /^mae is (4\.9|5)\S* and was 2\.[45]\S* at the gate: it lost at least 2\.\d+, and 1\.2\d* is allowed/);
});

test('several classes are judged by the class that was answered', async () => {
  const classes = ['a', 'b', 'c'];
  const pick = (value: string): string => `list_extract(['a', 'b', 'c'], 1 + (3 * ${value})::BIGINT % 3)`;
  await using rig = await openWatchedRig({
    ...model,
    task: 'multiclass',
    classes,
    tested: `SELECT i AS row, CAST(i AS VARCHAR) AS id, ${pick(chance('m'))} AS label, ${pick(chance('m'))} AS prediction, NULL::DOUBLE[] AS probabilities, false AS trained FROM range(3000) t(i)`,
  });
  await rig.predict(
    'now',
    `SELECT 'p' || i AS id, TIMESTAMP '2024-06-12' AS "at", 1.0 AS "input.x", NULL::DOUBLE AS prediction, ${pick(chance('k'))} AS label, NULL::DOUBLE[] AS probabilities FROM range(3000) t(i)`,
  );
  await rig.label('a.parquet', labelled(pick(chance('k')), { until: 3000 }));

  const { part } = await judge(rig, rig.watching('quality: { labels: labels/*, metric: accuracy }'));

  assert.equal(part.verdict, 'pass', part.reason);
});

test('a metric that does not measure such a model is invalid', async () => {
  await using rig = await openWatchedRig(model);
  await rig.predict('now', logged(100));

  const { part } = await judge(rig, rig.watching('quality: { labels: labels/*, metric: rmse }'));

  assert.deepEqual([part.verdict, part.reason], ['invalid', '"rmse" does not measure a model of the task binary']);
});
