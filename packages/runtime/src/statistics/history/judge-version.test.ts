import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../seeded-random.ts';
import { dayMs, normal, pointsOf } from './fixtures/drawn-series.ts';
import { judgeVersion, type JudgedVersionMeasure, type MeasureToJudge } from './judge-version.ts';

function judged(past: readonly number[], next: number, more: Partial<MeasureToJudge> = {}): JudgedVersionMeasure {
  const points = pointsOf([...past, next]);
  const own = { kind: 'count', sides: 'both', past: points.slice(0, -1), fine: new Set<number>(), weight: 1, unit: 1 } as const;
  const [only] = judgeVersion([{ ...own, next: points.at(-1) ?? assert.fail('there is one'), ...more }], { falseAlarms: 0.0025 });
  return only ?? assert.fail('each measure has a judgement');
}

function steady(count: number, level: number, seed = 1): readonly number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => Math.round(level * Math.exp(0.03 * normal(random))));
}

test('with fewer than five versions nothing is judged, and it says how many it takes', () => {
  const found = judged(steady(4, 10_000), 10_000);

  assert.deepEqual([found.verdict, found.expected, found.needed], ['inconclusive', null, 5]);
});

test('with five versions half of the rows are missed, and a usual number passes', () => {
  assert.equal(judged(steady(5, 10_000), 5_000).verdict, 'fail');
  assert.equal(judged(steady(5, 10_000), 10_200).verdict, 'pass');
});

test('what varies too much to see half of it go is inconclusive, with the number of versions that it takes', () => {
  const found = judged([1000, 1180, 1050, 920, 1100], 1050);

  assert.equal(found.verdict, 'inconclusive');
  assert.ok(found.needed !== null && found.needed > 5, String(found.needed));
  assert.equal(judged([1000, 4000, 2000, 1500, 3100], 2200).needed, null); // as they vary no number would do
});

test('more versions see smaller changes', () => {
  const widths = [5, 10, 30].map((count) => (judged(steady(count, 10_000), 10_000).high ?? 0) - 10_000);

  assert.ok((widths[0] ?? 0) > (widths[1] ?? 0) && (widths[1] ?? 0) > (widths[2] ?? 0), widths.join(' '));
});

test('the first weekend is inconclusive, and once three weeks were seen it is expected', () => {
  const days = (count: number): readonly number[] =>
    steady(count, 1, 3).map((_, day) => Math.round((day % 7 >= 5 ? 2000 : 10_000) + ((day * 37) % 11) * 30));

  const daily = (count: number, next: number): JudgedVersionMeasure => {
    const points = pointsOf([...days(count), next], 1);
    return judged([], 0, { past: points.slice(0, -1), next: points[count] ?? assert.fail('there is one') });
  };

  // day 40 is a Saturday, as 5 and 12 are
  assert.equal(daily(40, 2050).verdict, 'pass');
  assert.equal(daily(40, 10_000).verdict, 'fail');
  assert.deepEqual([daily(5, 2050).verdict, daily(5, 2050).isNewTime], ['inconclusive', true]);
  assert.notEqual(daily(12, 2050).verdict, 'fail');
});

test('an anomaly of the past does not count, and the same one is found again', () => {
  const past = [...steady(12, 10_000), 1000, ...steady(6, 10_000, 2)];
  const found = judged(past, 1000);

  assert.equal(found.verdict, 'fail');
  assert.equal(found.past[12], 'left-out');
});

test('three versions that agree on a new level make it one', () => {
  const past = [...steady(12, 10_000), ...steady(3, 30_000, 2)];

  assert.equal(judged(past.slice(0, 14), 30_000).verdict, 'fail');
  const found = judged(past, 30_000);
  assert.equal(found.verdict, 'pass');
  assert.equal(found.past[12], 'step');
});

test('a season that changes is learnt after three weeks, and other days stay as they were', () => {
  const weeks = (saturday: number, count: number, seed: number): readonly number[] =>
    steady(7 * count, 1, seed).map((_, day) => Math.round((day % 7 === 5 ? saturday : 10_000) + ((day * 37) % 11) * 30));
  const judgedDaily = (values: readonly number[]): JudgedVersionMeasure => {
    const points = pointsOf(values, 1);
    return judged([], 0, { past: points.slice(0, -1), next: points.at(-1) ?? assert.fail('there is one') });
  };
  const changed = [...weeks(8000, 6, 1), ...weeks(2000, 4, 2)];

  assert.equal(judgedDaily(changed.slice(0, 6 * 7 + 6)).verdict, 'fail'); // the first such Saturday
  assert.equal(judgedDaily(changed.slice(0, 9 * 7 + 6)).verdict, 'pass'); // the fourth
  assert.equal(judgedDaily([...changed.slice(0, 9 * 7 + 4), 2000]).verdict, 'fail'); // a Friday
});

test('after one version at a new level that somebody said was fine the next one there passes, and so does one at the old level', () => {
  const past = [...steady(12, 10_000), 30_000];

  assert.equal(judged(past, 30_000).verdict, 'fail');
  assert.deepEqual(
    [judged(past, 30_000, { fine: new Set([12]) }).verdict, judged(past, 30_000, { fine: new Set([12]) }).isAllowed],
    ['pass', true],
  );
  assert.equal(judged(past, 10_000, { fine: new Set([12]) }).verdict, 'pass');
  assert.equal(judged(past, 1000, { fine: new Set([12]) }).verdict, 'fail');
  assert.equal(judged([...past, 30_100], 10_000, { fine: new Set([12]) }).verdict, 'fail');
});

test('a share of nulls has the noise of its rows: few nulls where there never were any are no anomaly, many are', () => {
  const none = Array.from({ length: 6 }, () => 0);

  assert.equal(judged(none, 0.0001, { kind: 'rate' }).verdict, 'pass');
  assert.equal(judged(none, 0.05, { kind: 'rate' }).verdict, 'fail');
  assert.equal(judged(none, 0, { kind: 'rate' }).verdict, 'pass');
});

test('a lag is an anomaly only when it is long', () => {
  const past = [5, 5.5, 4.8, 5.2, 5.1, 4.9, 5.3];

  assert.equal(judged(past, 40, { kind: 'lag', sides: 'up' }).verdict, 'fail');
  assert.equal(judged(past, 0.1, { kind: 'lag', sides: 'up' }).verdict, 'pass');
});

test('the false alarms of a version are shared out by weight', () => {
  const points = pointsOf(steady(9, 10_000));
  const next = points.at(-1) ?? assert.fail('there is one');
  const measure = { kind: 'count', sides: 'both', past: points.slice(0, -1), fine: new Set<number>(), next, unit: 1 } as const;
  const found = judgeVersion(
    [
      { ...measure, weight: 3 },
      { ...measure, weight: 1 },
    ],
    { falseAlarms: 0.01 },
  );

  assert.deepEqual(
    found.map(({ level }) => level),
    [0.0075, 0.0025],
  );
});

test('a long gap since the last version makes the forecast of a walk less sure', () => {
  const past = pointsOf([100, 130, 170, 150, 190, 230, 260, 240, 280].map((value) => value * 100));
  const after = (days: number): number => {
    const next = { atMs: (8 * 7 + days) * dayMs, value: 28_000, rows: 0, error: 0 };
    return judged([], 0, { past, next }).high ?? Number.POSITIVE_INFINITY;
  };

  assert.ok(after(140) > after(7));
});

test('a season of the year is expected once two years were seen, and not before', () => {
  const month = (365.25 / 12) * dayMs;
  // winter and summer lie 20 apart, months of one name 1
  const values = Array.from({ length: 61 }, (_, index) => 10 * Math.cos((2 * Math.PI * index) / 12) + Math.sin(index * 2.4));
  const judged = (count: number, value = values[count] ?? 0) => {
    const points = [...values.slice(0, count), value].map((one, index) => ({ atMs: index * month, value: one, rows: 0, error: 0 }));
    const [found] = judgeVersion(
      [
        {
          kind: 'mean',
          sides: 'both',
          past: points.slice(0, -1),
          fine: new Set(),
          next: points.at(-1) ?? assert.fail(),
          weight: 1,
          unit: 8,
        },
      ],
      { falseAlarms: 0.01 },
    );
    return found ?? assert.fail();
  };

  assert.ok(!judged(23).by.some(({ name }) => name === 'year'));
  assert.ok(judged(30).by.some(({ name }) => name === 'year'));
  const [year] = judged(60).by;
  assert.equal(year?.name, 'year');
  assert.equal(judged(60).verdict, 'pass');
  assert.equal(judged(60, -10).verdict, 'fail');
});
