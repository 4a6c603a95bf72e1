import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../seeded-random.ts';
import { type DrawnFamily, families, normal, pointsOf } from './fixtures/drawn-series.ts';
import { judgeVersion } from './judge-version.ts';

/** How many histories of a family, by their length: long ones cost more. */
const lengths = [
  [5, 300],
  [10, 150],
  [30, 40],
  [100, 4],
] as const;

const declared = 0.05;

function isAlarm(values: readonly number[], { kind, days }: Pick<DrawnFamily, 'kind' | 'days'>, falseAlarms: number): boolean {
  const points = pointsOf(values, days);
  const next = points.at(-1) ?? assert.fail('there is a next one');
  const [judged] = judgeVersion([{ kind, sides: 'both', past: points.slice(0, -1), fine: new Set(), next, weight: 1, unit: 1 }], {
    falseAlarms,
  });
  return judged?.verdict === 'fail';
}

test('histories of any shape and of 5, 10, 30 and 100 versions raise false alarms no more often than declared', () => {
  for (const family of families) {
    const { name, draw } = family;
    const random = seededRandom(20_261_130);
    let [alarms, all] = [0, 0];
    for (const [count, repeats] of lengths)
      for (let repeat = 0; repeat < repeats; repeat++) {
        all++;
        if (isAlarm(draw(random, count + 1), family, declared)) alarms++;
      }
    const slack = 3 * Math.sqrt((declared * (1 - declared)) / all);

    assert.ok(alarms / all <= declared + slack, `${name}: ${alarms} of ${all}`);
  }
});

test('a change of 30 standard deviations is found with 5 versions, of 15 with 10, of 10 with 30', () => {
  for (const [count, deviations] of [
    [5, 30],
    [10, 15],
    [30, 10],
  ] as const) {
    const random = seededRandom(count);
    let found = 0;
    for (let repeat = 0; repeat < 60; repeat++) {
      const values = Array.from({ length: count + 1 }, () => normal(random));
      if (isAlarm([...values.slice(0, -1), (values.at(-1) ?? 0) + deviations], { kind: 'mean' }, 0.001)) found++;
    }

    assert.ok(found >= 48, `${found} of 60 with ${count} versions`);
  }
});
