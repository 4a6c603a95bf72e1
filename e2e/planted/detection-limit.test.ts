import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '@tidegate/runtime';
import { type Comparison, limitOfScore, limitOfUnseen, limitOfVolume } from './detection-limit.ts';

const comparison: Comparison = { earlierRows: 200, rows: 200, columns: 1, falseAlarms: 0.05, power: 0.8 };

test('the limit of a score is the size of a textbook: two samples of 63 find half a standard deviation', () => {
  const found = limitOfScore({ deviation: 1, effect: 1 }, { ...comparison, earlierRows: 63, rows: 63 });

  assert.equal(found?.toFixed(2), '0.50'); // Cohen 1988, Statistical Power Analysis, table 2.3.5, by the t test 64
  assert.equal(limitOfScore({ deviation: 1, effect: 0 }, comparison), null);
});

test('a z test of a score finds a fault at the limit in about 80 % of samples', () => {
  const random = seededRandom(1);
  const [deviation, effect] = [Math.sqrt(1 / 12), 0.25];
  const limit = limitOfScore({ deviation, effect }, comparison) ?? assert.fail('there is one');
  const mean = (shift: number): number =>
    Array.from({ length: 200 }, () => random.unit() + shift).reduce((sum, value) => sum + value / 200, 0);
  let found = 0;
  for (let repeat = 0; repeat < 500; repeat++) {
    const z = (mean(limit * effect) - mean(0)) / (deviation * Math.sqrt(2 / 200));
    if (Math.abs(z) > 1.96) found++;
  }

  assert.ok(Math.abs(found / 500 - 0.8) < 0.05, `${found} of 500`);
});

test('the limit of unseen rows is the least that is significant', () => {
  const chanceOf = (hits: number, rows: number, earlier: number): number =>
    Array.from({ length: hits }, (_, index) => (rows - index) / (rows + earlier - index)).reduce((product, share) => product * share, 2);

  for (const [rows, earlierRows] of [
    [10, 10],
    [50, 200],
    [1000, 1000],
  ] as const) {
    const found = limitOfUnseen({ ...comparison, rows, earlierRows }) ?? assert.fail('there is one');

    assert.ok(chanceOf(found, rows, earlierRows) <= 0.05 && chanceOf(found - 1, rows, earlierRows) > 0.05, `${found} of ${rows}`);
  }
  assert.equal(limitOfUnseen({ ...comparison, rows: 2, earlierRows: 2 }), null);
});

test('the limit of a volume is known from five versions on, and grows with how much they differ', () => {
  const limits = [
    [100, 100, 100, 100],
    [90, 110, 100, 95, 105],
    [50, 150, 100, 75, 125],
  ].map((counts) => limitOfVolume(counts, comparison));

  assert.equal(limits[0], null);
  assert.equal(limits[1]?.toFixed(3), '0.243');
  assert.equal(limits[2]?.toFixed(3), '1.213');
});
