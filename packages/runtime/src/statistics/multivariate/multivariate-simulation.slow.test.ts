import assert from 'node:assert/strict';
import { test } from 'node:test';
import { binnedPoints, type DrawnPoints, drawPoints } from '../fixtures/drawn-points.ts';
import { type SeededRandom, seededRandom } from '../seeded-random.ts';
import { discrepancyTest } from './mean-discrepancy.ts';
import { joined } from './points.ts';
import { tellApart, type ToldApart } from './tell-apart.ts';

/** Four and a half standard errors of a share of repeats: one test in a hundred thousand goes beyond. */
function slack(share: number, repeats: number): number {
  return 4.5 * Math.sqrt((share * (1 - share)) / repeats);
}

function classified(random: SeededRandom, reference: DrawnPoints, current: DrawnPoints): ToldApart {
  const all = joined(drawPoints(random, reference), drawPoints(random, current));
  const isCurrent = new Uint8Array(reference.rows + current.rows).fill(1, reference.rows);
  const halves = isCurrent.map((_, row) => row % 2);
  return tellApart(binnedPoints(all), { isCurrent, halves }, { confidence: 0.95, seed: 1, mostNamed: 2 }) ?? assert.fail('there are rows');
}

test('where nothing changed the classifier is significant no more often than declared, with few rows and many columns too', () => {
  for (const [rows, width, repeats] of [
    [75, 5, 120],
    [150, 20, 30],
  ] as const) {
    const random = seededRandom(rows);
    const found = Array.from({ length: repeats }, () =>
      classified(random, { rows, width, correlation: 0.5 }, { rows, width, correlation: 0.5 }),
    );
    const significant = found.filter(({ pValue }) => pValue <= 0.05).length;
    const proven = found.filter(({ low }) => low > 0.5).length;

    assert.ok(significant / repeats <= 0.05 + slack(0.05, repeats), `${significant} of ${repeats} significant at ${rows} rows`);
    assert.ok(proven / repeats <= 0.05 + slack(0.05, repeats), `${proven} of ${repeats} proven at ${rows} rows`);
  }
});

test('a correlation that is gone is found though every column is as it was, and the two columns are named', () => {
  const repeats = 5;
  const random = seededRandom(7);
  for (let repeat = 0; repeat < repeats; repeat++) {
    const found = classified(random, { rows: 600, width: 6, correlation: 0.8 }, { rows: 600, width: 6, correlation: -0.2 });

    assert.ok(found.pValue < 1e-6, `${found.pValue}`);
    assert.ok(found.low > 0.6, `${found.low}`);
    assert.deepEqual(
      found.telling.map(({ feature }) => feature).toSorted((a, b) => a - b),
      [0, 1],
    );
  }
});

test('the maximum mean discrepancy is significant as often as it may be, and finds a shift', () => {
  const repeats = 300;
  const random = seededRandom(11);
  const draw = (rows: number, shift: number) => drawPoints(random, { rows, width: 4, shift });
  let significant = 0;
  for (let repeat = 0; repeat < repeats; repeat++) {
    if ((discrepancyTest(draw(50, 0), draw(40, 0), { seed: repeat, permutations: 199 })?.pValue ?? 1) <= 0.05) significant++;
  }

  assert.ok(significant / repeats <= 0.05 + slack(0.05, repeats), `${significant} of ${repeats} significant`);
  assert.ok(significant / repeats >= 0.01, `${significant} of ${repeats} significant, the test is blind`);
  assert.equal(discrepancyTest(draw(150, 0), draw(150, 0.8), { seed: 1 })?.pValue, 0.001);
});

test('the same points and the same seed give the same p value', () => {
  const points = (seed: number) => drawPoints(seededRandom(seed), { rows: 60, width: 3 });

  const first = discrepancyTest(points(1), points(2), { seed: 5 });
  const again = discrepancyTest(points(1), points(2), { seed: 5 });

  assert.equal(first?.pValue, again?.pValue);
  assert.equal(first?.permutations, again?.permutations);
});
