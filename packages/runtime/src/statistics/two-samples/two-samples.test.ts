import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../seeded-random.ts';
import { binnedMeasures } from './binned-measures.ts';
import golden from './fixtures/two-samples.json' with { type: 'json' };
import { kolmogorovTail } from './kolmogorov-smirnov.ts';
import { numberMeasures } from './number-measures.ts';
import { proportionsTest } from './proportions.ts';
import { shareMeasures } from './share-measures.ts';
import { countValues } from './value-counts.ts';

/** Equal within 1e-9, of the number where that is large. */
function near(found: number | null | undefined, wanted: number | string | null | undefined, what: string, within = 1e-9): void {
  if (wanted === null || wanted === undefined || wanted === 'inf') return assert.equal(found ?? null, null, what);
  assert.ok(
    typeof found === 'number' && Math.abs(found - Number(wanted)) <= within * Math.max(1, Math.abs(Number(wanted))),
    `${what}: ${found} and not ${wanted}`,
  );
}

const numbersOf = (texts: readonly (number | string)[]): readonly number[] =>
  texts.map((text) => (text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text)));

test('measures of numbers are those of SciPy within 1e-9, with ties, infinities, NaN, constants and few rows', () => {
  for (const { name, x, y, ...wanted } of golden.numbers) {
    const counts = countValues(numbersOf(x), numbersOf(y));
    const found = numberMeasures(counts);

    const { kolmogorovSmirnov: ks, mannWhitney: ranks, cramerVonMises: criterion } = found;
    if (wanted.ks.exact !== null) {
      near(ks?.statistic, wanted.ks.exact.statistic, `${name}: KS`);
      near(ks?.pValue, wanted.ks.exact.p, `${name}: p of KS`);
      assert.equal(ks?.method, 'exact');
    }
    const rows = [x, y].map((values) => numbersOf(values).filter((value) => !Number.isNaN(value)).length);
    const [n = 0, m = 0] = rows;
    near(kolmogorovTail(Math.sqrt((n * m) / (n + m)) * (ks?.statistic ?? 0)), wanted.ks.limit, `${name}: limit of KS`);
    const ofRanks = wanted.mann_whitney.exact ?? wanted.mann_whitney.asymptotic;
    near(ranks?.statistic, ofRanks?.statistic, `${name}: U`);
    near(ranks?.pValue, ofRanks?.p, `${name}: p of U`);
    assert.equal(ranks?.method, wanted.mann_whitney.exact === null ? 'asymptotic' : 'exact');
    near(criterion?.statistic, wanted.cramer_von_mises.asymptotic?.statistic, `${name}: criterion`);
    // SciPy ends its series at 1e-7; that of ours goes on
    near(criterion?.pValue, wanted.cramer_von_mises.asymptotic?.p, `${name}: p of the criterion`, 1e-8);
    near(found.andersonDarling, wanted.anderson, `${name}: Anderson-Darling`);
    near(found.wasserstein, wanted.wasserstein, `${name}: Wasserstein`);
    near(found.energy, wanted.energy, `${name}: energy`);
  }
});

test('measures of shares are those of SciPy within 1e-9, with empty bins', () => {
  for (const { name, reference, current, ...wanted } of golden.shares) {
    const found = shareMeasures({ reference, current });

    near(found?.totalVariation, wanted.total_variation, `${name}: total variation`);
    near(found?.hellinger, wanted.hellinger, `${name}: Hellinger`);
    near(found?.jensenShannon, wanted.jensen_shannon, `${name}: Jensen-Shannon`);
    near(found?.psi, wanted.psi, `${name}: PSI`);
    for (const [own, theirs] of [
      [found?.chiSquare, wanted.chi_square],
      [found?.g, wanted.g],
    ] as const) {
      near(own?.statistic, theirs?.statistic, `${name}: statistic`);
      near(own?.pValue, theirs?.p, `${name}: p value`);
      assert.equal(own?.degrees, theirs?.degrees);
    }
  }
});

test('the test of two proportions is the one of SciPy within 1e-9', () => {
  for (const { counts, z, p } of golden.proportions) {
    const [hits = 0, rows = 0, ownHits = 0, own = 0] = counts;
    const found = proportionsTest({ reference: { hits, rows }, current: { hits: ownHits, rows: own } });

    near(found?.z, z, String(counts));
    near(found?.pValue, p, String(counts));
  }
});

test('without rows nothing is measured', () => {
  assert.deepEqual(Object.values(numberMeasures(countValues([], [1, 2, 3]))), [null, null, null, null, null, null]);
  assert.equal(shareMeasures({ reference: [0, 0], current: [1, 2] }), null);
  assert.equal(binnedMeasures({ reference: [1], current: [0] }, [0, 1]), null);
  assert.equal(proportionsTest({ reference: { hits: 0, rows: 9 }, current: { hits: 0, rows: 5 } }), null);
});

test('bounds from bins hold for whatever rows are in them, and are as near as the bins are narrow', () => {
  const random = seededRandom(20261130);
  for (let trial = 0; trial < 120; trial++) {
    const draw = (rows: number, shift: number): readonly number[] =>
      Array.from({ length: rows }, () => {
        const value = shift + (trial % 3 === 0 ? Math.floor(6 * random.unit()) : 6 * random.unit() ** (1 + (trial % 4)));
        return Math.min(10, value);
      });
    const [reference, current] = [draw(1 + (trial % 50), 0), draw(1 + (trial % 37), trial % 5)];
    const inner = Array.from({ length: trial % 12 }, () => 10 * random.unit()).toSorted((a, b) => a - b);
    const edges = [-1, ...inner, 10];
    const binsOf = (values: readonly number[]): readonly number[] =>
      edges.slice(1).map((edge, bin) => values.filter((value) => value <= edge && value > (edges[bin] ?? 0)).length);
    const [old, young] = [binsOf(reference), binsOf(current)];

    const exact = numberMeasures(countValues(reference, current));
    const bounds = binnedMeasures({ reference: old, current: young }, edges) ?? assert.fail();

    const pairs = [
      [exact.kolmogorovSmirnov?.statistic, bounds.kolmogorovSmirnov],
      [exact.mannWhitney?.above, bounds.above],
      [exact.wasserstein, bounds.wasserstein],
      [exact.energy, bounds.energy],
    ] as const;
    for (const [value, { least, most }] of pairs)
      assert.ok((value ?? -1) >= least - 1e-12 && (value ?? 99) <= most + 1e-12, `${trial}: ${value} in ${least} to ${most}`);
    const shares = [...old.map((count) => count / reference.length), ...young.map((count) => count / current.length)];
    assert.ok(bounds.kolmogorovSmirnov.most - bounds.kolmogorovSmirnov.least <= Math.max(...shares) + 1e-12);
  }
});
