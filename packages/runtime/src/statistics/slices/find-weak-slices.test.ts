import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hochbergAdjusted } from '../hochberg.ts';
import { seededRandom } from '../seeded-random.ts';
import { findWeakSlices, type WeakSliceRequest } from './find-weak-slices.ts';

function requestOf(rows: number, seed: number, weak: (wind: number, origin: string) => number): WeakSliceRequest {
  const random = seededRandom(seed);
  const wind = Array.from({ length: rows }, random.unit);
  const origin = Array.from({ length: rows }, () => ['JFK', 'LGA', 'EWR'][random.below(3)] ?? '');
  const loss = Float64Array.from({ length: rows }, (_, row) => random.unit() + weak(wind[row] ?? 0, origin[row] ?? ''));
  const other = Array.from({ length: rows }, random.unit);
  const columns = [
    { name: 'wind', values: wind },
    { name: 'origin', values: origin },
    { name: 'other', values: other.map((value) => (value < 0.05 ? null : value)) },
  ];
  return { columns, loss, against: 'rest', falseFinds: 0.05, leastRows: 50, seed: 1 };
}

test('a corner of two columns in which a model is bad is found, with its effect', () => {
  const { found } = findWeakSlices(requestOf(4000, 3, (wind, origin) => (wind > 0.7 && origin === 'JFK' ? 0.5 : 0)));

  const [worst] = found;
  assert.deepEqual(
    worst?.conditions
      .map(({ column, kind }) => `${column} ${kind}`)
      .filter((one) => !one.startsWith('other'))
      .toSorted(),
    ['origin is', 'wind above'],
  );
  assert.ok((worst?.effect ?? 0) > 1 && (worst?.adjusted ?? 1) < 0.001);
});

test('where no slice is worse, one is told in about 5 % of cases at most', () => {
  let told = 0;
  for (let repeat = 0; repeat < 200; repeat++)
    told += Number(findWeakSlices({ ...requestOf(400, repeat, () => 0), leastRows: 20 }).found.length > 0);

  // three standard errors above 5 % of 200
  assert.ok(told <= 19, `${told} of 200`);
});

/** Days of 20 rows: a good or a bad day is so for all its rows, and so is what is known of it. */
function daysOf(days: number, seed: number, weak: (wind: number) => number): WeakSliceRequest {
  const random = seededRandom(seed);
  const byDay = Array.from({ length: days }, () => ({ wind: random.unit(), luck: random.unit() }));
  const clusters = Int32Array.from({ length: days * 20 }, (_, row) => Math.floor(row / 20));
  const wind = Array.from(clusters, (day) => byDay[day]?.wind ?? 0);
  const loss = Float64Array.from(clusters, (day, row) => (byDay[day]?.luck ?? 0) + 0.3 * random.unit() + weak(wind[row] ?? 0));
  return { columns: [{ name: 'wind', values: wind }], loss, clusters, against: 'rest', falseFinds: 0.05, leastRows: 100, seed: 1 };
}

test('days that happened to be bad make no slice, where rows of a day belong together', () => {
  let [told, withoutClusters] = [0, 0];
  for (let repeat = 0; repeat < 60; repeat++) {
    const { clusters: _, ...rows } = daysOf(100, repeat, () => 0);
    told += Number(findWeakSlices(daysOf(100, repeat, () => 0)).found.length > 0);
    withoutClusters += Number(findWeakSlices(rows).found.length > 0);
  }

  // three standard errors above 5 % of 60; rows taken for independent are told far more often
  assert.ok(told <= 8, `${told} of 60`);
  assert.ok(withoutClusters > 20, `${withoutClusters} of 60`);
});

test('days that are worse in strong wind are found all the same', () => {
  const { found } = findWeakSlices(daysOf(300, 2, (wind) => (wind > 0.6 ? 0.5 : 0)));

  assert.equal(found[0]?.conditions[0]?.kind, 'above');
});

test('a difference of losses is compared with nothing at all', () => {
  const request = requestOf(2000, 5, (wind) => (wind > 0.5 ? 0.3 : 0));
  const { found } = findWeakSlices({ ...request, loss: request.loss.map((loss) => loss - 0.5), against: 'zero' });

  assert.ok(found.length > 0 && found.every(({ mean, other }) => mean > 0.1 && other === 0));
});

test("Benjamini's and Hochberg's adjustment is the one of statsmodels", () => {
  // multipletests([0.01, 0.04, 0.03, 0.005, 0.5], method='fdr_bh') of statsmodels 0.15.0
  const expected = [0.025, 0.05, 0.05, 0.025, 0.5];

  hochbergAdjusted([0.01, 0.04, 0.03, 0.005, 0.5]).forEach((adjusted, place) =>
    assert.ok(Math.abs(adjusted - (expected[place] ?? 0)) < 1e-12),
  );
});
