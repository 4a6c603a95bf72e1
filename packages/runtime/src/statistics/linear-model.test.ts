import assert from 'node:assert/strict';
import { test } from 'node:test';
import golden from './fixtures/samples.json' with { type: 'json' };
import { fitLogistic, fitRidge, type LinearModel } from './linear-model.ts';

const { linear } = golden;
const columns = linear.columns.map((column) => Float64Array.from(column));

function holdAgainst(model: LinearModel, expected: { readonly weights: readonly number[]; readonly intercept: number }): void {
  const pairs = [
    ...[...model.weights].map((weight, place) => [weight, expected.weights[place] ?? Number.NaN] as const),
    [model.intercept, expected.intercept] as const,
  ];
  for (const [actual, wanted] of pairs) assert.ok(Math.abs(actual - wanted) < 1e-9, `${actual} is not ${wanted}`);
}

test("ridge and logistic regression are scikit-learn's", () => {
  holdAgainst(fitRidge({ columns, outcome: Float64Array.from(linear.number) }, 1), linear.ridge);
  holdAgainst(fitLogistic({ columns, outcome: Float64Array.from(linear.positive) }, 1), linear.logistic);
});

test('classes that a column tells apart, and columns that say the same, have finite weights', () => {
  const outcome = Float64Array.from({ length: 40 }, (_, row) => Number(row >= 20));
  const model = fitLogistic({ columns: [outcome, outcome], outcome }, 1);

  assert.ok([...model.weights, model.intercept].every(Number.isFinite));
  assert.ok((model.weights[0] ?? 0) > 1);
});
