import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HalvedCounts } from '@tidegate/formats';
import { changedShares } from './changed-shares.ts';
import { dependentColumns, type DrawnColumn, drawColumn, drawHalves, equalShares, shiftedShares } from './fixtures/drawn-columns.ts';
import { type BinnedColumn, judgeDrift } from './judge-drift.ts';
import { seededRandom } from './seeded-random.ts';
import type { SmallestChange } from './smallest-change.ts';

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

test('an evaluation of 20 unchanged columns is significant no more often than declared, and with the floor it hardly ever alarms', () => {
  const repeats = 600;
  const columns = [...Array.from({ length: 12 }, () => numbers), ...[2, 5, 5, 10, 20, 20, 50, 100].map(categories)];
  for (const current of [50, 200, 2000]) {
    const random = seededRandom(current);
    let byChance = 0;
    let alarms = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const drawn = columns.map((column) => drawColumn(random, column, { reference, current }));
      const judged = judgeDrift(drawn, { falseAlarms: 0.01, floor: 0.1 });
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

test('columns that depend on one another, half of them in the other direction, raise no more false alarms, whether others moved or not', () => {
  const repeats = 300;
  const columns = 12;
  for (const moved of [0, 4]) {
    const random = seededRandom(moved + 1);
    const rowsOf = (rows: number, shift: number): readonly HalvedCounts[] => dependentColumns(random, { columns, rows, moved, shift });
    let significant = 0;
    let alarms = 0;
    for (let repeat = 0; repeat < repeats; repeat++) {
      const [before, now] = [rowsOf(1000, 0), rowsOf(200, 0.8)];
      const judged = judgeDrift(
        before.map((reference, index): BinnedColumn => ({ kind: 'ordered', valueBins: 10, reference, current: now[index] ?? reference })),
        { falseAlarms: 0.01, floor: 0.1 },
      ).slice(moved);
      if (judged.some(({ adjustedPValue }) => adjustedPValue <= 0.05)) significant++;
      if (judged.some(({ verdict }) => verdict === 'fail')) alarms++;
    }

    assert.ok(significant / repeats <= 0.05 + slack(0.05, repeats), `${significant} of ${repeats} significant, ${moved} moved`);
    assert.ok(alarms / repeats <= 0.01 + slack(0.01, repeats), `${alarms} of ${repeats} alarms, ${moved} moved`);
  }
});

test('a change above the floor passes no more often than the confidence leaves, at any number of rows', () => {
  const repeats = 400;
  for (const current of [50, 200, 1000, 5000]) {
    const random = seededRandom(current);
    for (const column of [
      { ...numbers, current: shiftedShares(10, 0.3) },
      { ...categories(20), current: equalShares(20).map((share, bin) => share * (bin % 2 === 0 ? 1.25 : 0.75)) },
    ]) {
      const verdicts = Array.from({ length: repeats }, () => judgeDrift([drawColumn(random, column, { reference, current })], options)[0]);
      const passed = verdicts.filter((judged) => judged?.verdict === 'pass').length;

      assert.ok(passed / repeats <= 0.05, `${column.kind}: ${passed} of ${repeats} pass at ${current} rows`);
    }
  }
});

test('the smallest changes that are said to be found are found in at least 80 % of samples, and not by far', () => {
  const repeats = 150;
  for (const [column, rows] of [
    [numbers, { reference: 2000, current: 200 }],
    [numbers, { reference: 2000, current: 2000 }],
    [categories(2), { reference: 2000, current: 200 }],
    [categories(20), { reference: 1000, current: 1000 }],
  ] as const) {
    const random = seededRandom(rows.current + column.reference.length);
    const bins = { kind: column.kind, valueBins: column.reference.length } as const;
    const shares = [...column.reference, 0, 0];
    const found = new Map<string, number>();
    for (let repeat = 0; repeat < repeats; repeat++) {
      const reference = drawHalves(random, shares, rows.reference);
      const [unchanged] = judgeDrift([{ ...bins, reference, current: drawHalves(random, shares, rows.current) }], options);
      for (const [sort, now] of changesOf(column, unchanged?.smallest ?? assert.fail('there is one'))) {
        const [judged] = judgeDrift([{ ...bins, reference, current: drawHalves(random, now, rows.current) }], options);
        found.set(sort, (found.get(sort) ?? 0) + (judged?.verdict === 'fail' ? 1 : 0));
      }
    }

    for (const [sort, times] of found) {
      const told = `${sort} of ${column.reference.length} ${column.kind} at ${rows.current} rows: ${times} of ${repeats}`;
      assert.ok(times / repeats >= 0.8 - slack(0.8, repeats), told);
      assert.ok(times / repeats <= 0.95, told);
    }
  }
});

const options = { falseAlarms: 0.01, floor: 0.1 };

/** The shares of all bins after each of the changes that are said to be found; of any change one that is spread over all bins. */
function changesOf({ kind, reference }: DrawnColumn, smallest: SmallestChange): readonly (readonly [string, readonly number[]])[] {
  const { distance, deviations, spread, missing, unseen } = smallest;
  const rest = (size: number): readonly number[] => reference.map((share) => share * (1 - size));
  const changes: (readonly [string, readonly number[]])[] = [
    ['any', [...reference.map((share, bin) => share * (1 + (bin % 2 === 0 ? 2 : -2) * (distance ?? Number.NaN))), 0, 0]],
    ['missing', [...rest(missing ?? Number.NaN), missing ?? 0, 0]],
  ];
  if (kind === 'categories') return [...changes, ['unseen', [...rest(unseen ?? Number.NaN), 0, unseen ?? 0]]];
  const ofNumbers = (change: 'shift' | 'spread', size: number): readonly number[] => [
    ...changedShares(reference, null, { change, size }),
    0,
    0,
  ];
  return [...changes, ['shift', ofNumbers('shift', deviations ?? Number.NaN)], ['spread', ofNumbers('spread', (spread ?? Number.NaN) - 1)]];
}
