import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DrawnColumn, drawColumn, equalShares, shiftedShares } from './fixtures/drawn-columns.ts';
import { judgeDrift } from './judge-drift.ts';
import { seededRandom } from './seeded-random.ts';

const reference = 5000;
const numbers: DrawnColumn = { kind: 'ordered', reference: equalShares(10), current: equalShares(10) };
const categories = (bins: number): DrawnColumn => ({ kind: 'categories', reference: equalShares(bins), current: equalShares(bins) });

/** Four standard errors of a share of repeats. */
function slack(share: number, repeats: number): number {
  return 4 * Math.sqrt((share * (1 - share)) / repeats);
}

test('a column that did not change is significant as often as it may be, with 5, 20 and 100 categories at 200 rows', () => {
  const repeats = 2000;
  for (const [name, column] of [
    ['10 bins', numbers],
    ['5', categories(5)],
    ['20', categories(20)],
    ['100', categories(100)],
  ] as const) {
    const random = seededRandom(column.reference.length);
    let significant = 0;
    let failed = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const [judged] = judgeDrift([drawColumn(random, column, { reference, current: 200 })], { falseAlarms: 0.05, floor: 0.1 });
      if ((judged?.pValue ?? 1) <= 0.05) significant++;
      if (judged?.verdict === 'fail') failed++;
    }

    assert.ok(significant / repeats <= 0.05 + slack(0.05, repeats), `${name}: ${significant} of ${repeats} significant`);
    assert.ok(significant / repeats >= 0.02, `${name}: ${significant} of ${repeats} significant, the test is blind`);
    assert.ok(failed / repeats <= 0.01, `${name}: ${failed} of ${repeats} failed`);
  }
});

test('an evaluation of 20 unchanged columns raises an alarm no more often than declared, and with the floor hardly ever', () => {
  const repeats = 600;
  const columns = [...Array.from({ length: 12 }, () => numbers), ...[2, 5, 5, 10, 20, 20, 50, 100].map(categories)];
  for (const current of [50, 200, 2000]) {
    const random = seededRandom(current);
    let byChance = 0;
    let alarms = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const drawn = columns.map((column) => drawColumn(random, column, { reference, current }));
      const judged = judgeDrift(drawn, { falseAlarms: 0.05, floor: 0.1 });
      if (judged.some(({ adjustedPValue }) => adjustedPValue <= 0.05)) byChance++;
      if (judged.some(({ verdict }) => verdict === 'fail')) alarms++;
    }

    assert.ok(byChance / repeats <= 0.05 + slack(0.05, repeats), `${byChance} of ${repeats} significant at ${current} rows`);
    assert.ok(alarms / repeats <= 0.02, `${alarms} of ${repeats} alarms at ${current} rows`);
  }
});

test('the bounds of a distance hold as often as they say, wherever it lies', () => {
  const repeats = 1000;
  for (const [deviations, distance] of [
    [0, 0],
    [0.2513, 0.1],
    [0.8, 0.3108],
  ] as const)
    for (const current of [100, 1000]) {
      const random = seededRandom(current + Math.round(1000 * deviations));
      const column = { ...numbers, current: shiftedShares(10, deviations) };
      let below = 0;
      let above = 0;
      for (let repeat = 0; repeat < repeats; repeat++) {
        const [judged] = judgeDrift([drawColumn(random, column, { reference, current })], { falseAlarms: 0.05, floor: 0.1 });
        if ((judged?.distance.low ?? 0) > distance) below++;
        // bins hide a little of a distance: up to a hundredth here
        if ((judged?.distance.high ?? 1) < distance * 0.99) above++;
      }

      assert.ok(
        below / repeats <= 0.05 + slack(0.05, repeats),
        `lower bound beyond ${distance}: ${below} of ${repeats} at ${current} rows`,
      );
      assert.ok(above / repeats <= 0.05 + slack(0.05, repeats), `upper bound below ${distance}: ${above} of ${repeats} at ${current} rows`);
    }
});

test('the smallest shift that is said to be found is found in about 80 % of samples', () => {
  const repeats = 400;
  for (const current of [200, 2000]) {
    const random = seededRandom(current);
    const options = { falseAlarms: 0.01, floor: 0.1 };
    const [unchanged] = judgeDrift([drawColumn(random, numbers, { reference, current })], options);
    const deviations = unchanged?.smallest?.deviations ?? assert.fail('there is one');
    let found = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const column = { ...numbers, current: shiftedShares(10, deviations) };
      const [judged] = judgeDrift([drawColumn(random, column, { reference, current })], options);
      if (judged?.verdict === 'fail') found++;
    }

    assert.ok(Math.abs(found / repeats - 0.8) <= 0.08, `${deviations} at ${current} rows: ${found} of ${repeats}`);
  }
});
