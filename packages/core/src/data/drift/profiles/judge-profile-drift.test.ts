import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DataDriftSettings } from '../judged-sides.ts';
import { judgeProfileDrift } from './judge-profile-drift.ts';
import { partOfValues, sideOfParts, type Values } from './test-profile-sides.ts';

const settings: DataDriftSettings = { floor: 0.1, falseAlarms: 0.01, ignore: [], by: 'rows', seasons: false };

function judged(type: 'number' | 'string' | 'integer', before: Values, after: Values) {
  const side = (values: Values) => sideOfParts({ x: partOfValues(type, values) }, values.length);
  const [found] = judgeProfileDrift({ before: side(before), after: side(after) }, settings).columns;
  assert.ok(found !== undefined);
  return found;
}

const repeated = (rows: number, of: (row: number) => number | string): Values => Array.from({ length: rows }, (_, row) => of(row));

test('where a profile does not tell the rows apart the verdict is left open, and says how much of them that is', () => {
  const names = (salt: string, common: number): Values => repeated(20_000, (row) => (row % 10 < common ? `v${row % 7}` : `${salt}${row}`));
  const same = judged('string', names('a', 6), names('b', 6));
  const other = judged('string', names('a', 6), names('b', 1));
  const nearby = (shift: number): Values => repeated(10_000, (row) => (row === 0 ? 1e15 : 1e9 + shift + (row % 9999) / 7));
  const hidden = judged('number', nearby(0), nearby(1000));

  assert.equal(same.verdict, 'inconclusive');
  assert.match(same.reason, /its profile does not tell 40\.?\d* % of its rows apart, its rows would decide$/);
  assert.equal(same.measures?.of, 'listed classes');
  assert.equal(other.verdict, 'fail');
  assert.equal(hidden.verdict, 'inconclusive');
  assert.ok((hidden.drift?.error?.more ?? 0) > 0.99);
});

test('many zeros and whole numbers in bins of their own hide nothing', () => {
  const spread = (row: number): number => ((row * 7919) % 10_007) / 10_007;
  const zeros = judged(
    'number',
    repeated(20_000, (row) => (row % 2 === 0 ? 0 : spread(row))),
    repeated(20_000, (row) => (row % 2 === 0 ? 0 : spread(row + 5))),
  );
  const whole = judged(
    'integer',
    repeated(20_000, (row) => (row % 2 === 0 ? 7 : row)),
    repeated(20_000, (row) => (row % 2 === 0 ? 7 : row)),
  );

  assert.deepEqual([zeros.verdict, zeros.drift?.error], ['pass', undefined]);
  assert.deepEqual([whole.verdict, whole.drift?.error], ['pass', undefined]);
});

test('infinities, empty columns and columns that are new all over are judged without a fault', () => {
  const some = repeated(6000, (row) => row / 7);
  const endless = judged('number', some, [...some.slice(0, 3000), ...repeated(3000, () => Infinity)]);
  const filled = judged(
    'number',
    repeated(6000, () => 1).map(() => null),
    some,
  );
  const emptied = judged(
    'number',
    some,
    some.map(() => null),
  );

  assert.equal(endless.verdict, 'fail');
  assert.equal(endless.measures, null);
  assert.equal(filled.verdict, 'fail');
  assert.equal(emptied.verdict, 'fail');
  assert.match(emptied.reason, /missing values from 0 % to 100 %/);
});
