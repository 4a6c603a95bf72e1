import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SeededRandom, seededRandom } from '../seeded-random.ts';
import type { Sample } from '../sample.ts';
import { normalQuantile } from '../normal.ts';
import { permutationImportance } from './permutation-importance.ts';

const mae = { name: 'mae', higherIsBetter: false } as const;
/** The mean of a normal number's size grows from that of variance 1 to that of variance 3. */
const truly = Math.sqrt(2 / Math.PI) * (Math.sqrt(3) - 1);

/** A model that says its one input, of a truth that is this input and noise of a standard deviation of 1. */
function drawn(
  random: SeededRandom,
  { units, size }: { readonly units: number; readonly size: number },
): { readonly base: Sample; readonly permuted: readonly Sample[] } {
  const normal = (): number => normalQuantile(random.unit() || 0.5);
  const input = Float64Array.from({ length: units }, normal);
  const truthOfUnit = input.map((value) => value + normal());
  const of = (values: Float64Array): Float64Array =>
    Float64Array.from({ length: units * size }, (_, row) => values[Math.floor(row / size)] ?? 0);
  const sampleOf = (prediction: Float64Array): Sample => ({
    task: 'regression',
    truth: of(truthOfUnit),
    prediction: of(prediction),
    trueProbability: null,
    ...(size > 1 && { clusters: Int32Array.from({ length: units * size }, (_, row) => Math.floor(row / size)) }),
  });
  const shuffled = (): Float64Array => {
    const values = input.slice();
    for (let row = units - 1; row > 0; row--) {
      const other = random.below(row + 1);
      [values[row], values[other]] = [values[other] ?? 0, values[row] ?? 0];
    }
    return values;
  };
  return { base: sampleOf(input), permuted: [shuffled(), shuffled(), shuffled()].map(sampleOf) };
}

test('the interval has the true importance in it in about 90 % of samples, of independent rows and of clusters', () => {
  for (const shape of [
    { units: 120, size: 1 },
    { units: 60, size: 4 },
  ]) {
    const random = seededRandom(11);
    let covered = 0;
    for (let repeat = 0; repeat < 200; repeat++) {
      const { low, high } =
        permutationImportance(mae, drawn(random, shape), { confidence: 0.95, seed: repeat, replicates: 200 }) ??
        assert.fail('no importance');
      covered += Number(low <= truly && truly <= high);
    }

    // three standard errors around 90 % of 200; a little less is what a bootstrap of so few units has
    assert.ok(covered >= 162 && covered <= 194, `${covered} of 200 with ${shape.size} rows in a unit`);
  }
});

test('an input that moves no prediction has no importance, exactly', () => {
  const { base } = drawn(seededRandom(1), { units: 50, size: 1 });

  const found = permutationImportance(mae, { base, permuted: [base, base] }, { confidence: 0.95, seed: 1, replicates: 100 });

  assert.deepEqual(found, { value: 0, low: 0, high: 0, spread: 0, method: 'unmoved' });
});

test('rows that cannot show the metric have no importance', () => {
  const one: Sample = {
    task: 'binary',
    truth: new Float64Array(3).fill(1),
    prediction: new Float64Array(3).fill(0.5),
    trueProbability: null,
  };

  assert.equal(
    permutationImportance(
      { name: 'auc', higherIsBetter: true },
      { base: one, permuted: [one] },
      { confidence: 0.95, seed: 1, replicates: 50 },
    ),
    null,
  );
});
