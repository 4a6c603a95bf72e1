import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ColumnDrift } from '@tidegate/formats';
import { normalCdf, normalQuantile, seededRandom } from '@tidegate/runtime';
import { judgeProfileDrift } from './judge-profile-drift.ts';
import { partOfValues, sideOfParts, type Values } from './test-profile-sides.ts';

const samples = 500;
const settings = { floor: 0.1, falseAlarms: 0.01, ignore: [], by: 'rows', seasons: false } as const;
/** Four standard errors above a share that is right. */
const atMost = (share: number): number => share + 4 * Math.sqrt((share * (1 - share)) / samples);

const kinds = {
  'numbers in common bins': { type: 'number', rows: 5000, of: (unit: number) => normalQuantile(unit) },
  'numbers that are listed': { type: 'integer', rows: 1500, of: (unit: number) => Math.round(10 * normalQuantile(unit)) },
  classes: { type: 'string', rows: 1500, of: (unit: number) => `class ${Math.floor(40 * unit * unit)}` },
} as const;

for (const [name, { type, rows, of }] of Object.entries(kinds))
  test(`without a change drift by profiles is found no more often than it says: ${name}`, () => {
    const random = seededRandom(11);
    const drawn = (): Values => Array.from({ length: rows }, () => of(Math.max(random.unit(), 1e-12)));
    const found = Array.from({ length: samples }, () => driftOf(type, drawn(), drawn()));

    const share = (is: (one: ColumnDrift) => boolean): number => found.filter(is).length / samples;
    assert.ok(share(({ pValue }) => pValue <= 0.05) <= atMost(0.05), `p at most 0.05: ${share(({ pValue }) => pValue <= 0.05)}`);
    assert.ok(share(({ low }) => low > 0) <= atMost(0.05), `low above 0: ${share(({ low }) => low > 0)}`);
    assert.ok(new Set(found.map(({ high }) => high)).size > samples / 2, 'the samples differ');
  });

test('of a normal shift the bounds by profiles hold the distance as often as they say, and it is found', () => {
  const random = seededRandom(12);
  const shift = 0.5;
  const truth = 2 * normalCdf(shift / 2) - 1;
  const drawn = (by: number): Values => Array.from({ length: 5000 }, () => normalQuantile(Math.max(random.unit(), 1e-12)) + by);
  const found = Array.from({ length: samples }, () => driftOf('number', drawn(0), drawn(shift)));

  const above = found.filter(({ low }) => low > truth).length / samples;
  assert.ok(above <= atMost(0.05), `the lower bound is above the distance in ${above}`);
  assert.ok(
    found.every(({ low, high }) => low > 0.1 && high > truth - 0.03),
    'a shift of half a deviation is twice what matters',
  );
});

function driftOf(type: 'number' | 'integer' | 'string', before: Values, after: Values): ColumnDrift {
  const side = (values: Values) => sideOfParts({ x: partOfValues(type, values) }, values.length);
  const [column] = judgeProfileDrift({ before: side(before), after: side(after) }, settings).columns;
  assert.ok(column?.drift != null, 'the column is compared');
  return column.drift;
}
