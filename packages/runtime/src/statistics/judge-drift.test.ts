import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawColumn, equalShares, shiftedShares } from './fixtures/drawn-columns.ts';
import { type BinnedColumn, judgeDrift } from './judge-drift.ts';
import { seededRandom } from './seeded-random.ts';

const options = { falseAlarms: 0.01, floor: 0.1 };
const same = { kind: 'ordered', reference: equalShares(10), current: equalShares(10) } as const;

function judgeOne(column: BinnedColumn) {
  return judgeDrift([column], options)[0] ?? assert.fail('there is one column');
}

test('what did not change passes with enough rows and is inconclusive with few, never a fail', () => {
  const random = seededRandom(1);

  const many = judgeOne(drawColumn(random, same, { reference: 20_000, current: 5000 }));
  const few = judgeOne(drawColumn(random, same, { reference: 20_000, current: 100 }));

  assert.equal(many.verdict, 'pass');
  assert.equal(many.rowsNeeded, null);
  assert.equal(few.verdict, 'inconclusive');
  assert.ok((few.rowsNeeded ?? 0) > 100);
});

test('a shift is found where it is proven to be above the floor, and not where it is below', () => {
  const random = seededRandom(2);
  const shifted = (deviations: number): BinnedColumn =>
    drawColumn(random, { ...same, current: shiftedShares(10, deviations) }, { reference: 50_000, current: 50_000 });

  const [large, small] = [judgeOne(shifted(0.5)), judgeOne(shifted(0.1))];

  assert.equal(large.verdict, 'fail');
  assert.ok(large.distance.low > 0.1 && large.distance.low < 0.197 && large.distance.high > 0.197);
  assert.equal(small.verdict, 'pass');
  assert.ok(small.adjustedPValue < 1e-10, 'it is significant all the same');
});

test('values that are missing or were never seen are found though they are in no bin of values', () => {
  const counts = (values: number, missing: number, unseen: number): readonly [number[], number[]] => [
    [values, values, missing, unseen],
    [values, values, missing, unseen],
  ];
  const column = (missing: number, unseen: number): BinnedColumn => ({
    kind: 'categories',
    valueBins: 2,
    reference: counts(5000, 10, 0),
    current: counts(100, missing, unseen),
  });

  assert.equal(judgeOne(column(80, 0)).verdict, 'fail');
  assert.equal(judgeOne(column(0, 80)).verdict, 'fail');
  assert.notEqual(judgeOne(column(0, 0)).verdict, 'fail');
});

test('a column that is constant on both sides passes and makes the others no less sure', () => {
  const constant: BinnedColumn = {
    kind: 'categories',
    valueBins: 1,
    reference: [
      [500, 0, 0],
      [500, 0, 0],
    ],
    current: [
      [400, 0, 0],
      [400, 0, 0],
    ],
  };
  const column = drawColumn(seededRandom(3), { ...same, current: shiftedShares(10, 0.3) }, { reference: 5000, current: 5000 });

  const [alone] = judgeDrift([column], options);
  const [beside, judged] = judgeDrift([column, constant], options);

  assert.equal(judged?.verdict, 'pass');
  assert.equal(judged?.pValue, 1);
  assert.equal(beside?.adjustedPValue, alone?.adjustedPValue);
});

test('without rows nothing is judged', () => {
  const empty: BinnedColumn = { ...drawColumn(seededRandom(4), same, { reference: 100, current: 0 }) };

  const judged = judgeOne(empty);

  assert.equal(judged.verdict, 'inconclusive');
  assert.equal(judged.smallest, null);
  assert.deepEqual(judgeDrift([], options), []);
});

test('more rows see smaller changes, down to the floor', () => {
  const random = seededRandom(5);
  const smallest = [50, 200, 2000, 20_000].map(
    (current) => judgeOne(drawColumn(random, same, { reference: 100_000, current })).smallest?.deviations ?? Number.POSITIVE_INFINITY,
  );

  assert.deepEqual(
    smallest.toSorted((a, b) => b - a),
    smallest,
  );
  // a floor of 0.1 is a shift of 0.2513 standard deviations
  assert.ok((smallest.at(-1) ?? 0) > 0.2513 && (smallest.at(-1) ?? 1) < 0.29);
});

test('the rows that an inconclusive column asks for do decide', () => {
  const random = seededRandom(6);
  const needed = judgeOne(drawColumn(random, same, { reference: 50_000, current: 50 })).rowsNeeded ?? assert.fail('it is inconclusive');
  const verdicts = Array.from({ length: 50 }, () => judgeOne(drawColumn(random, same, { reference: 50_000, current: 3 * needed })).verdict);

  assert.ok(verdicts.filter((verdict) => verdict === 'pass').length >= 40, verdicts.join(' '));
});
