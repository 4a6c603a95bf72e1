import assert from 'node:assert/strict';
import { test } from 'node:test';
import { burnRates, decimal, thresholdOf } from './burn-rates.ts';

const factors = (days: number): readonly number[] => burnRates(days).map(({ factor }) => factor);

test("an SLO over 30 days alerts at the burn rates of Google's workbook", () => {
  assert.deepEqual(factors(30), [14.4, 6, 3, 1]);
});

test('the burn rates of another window spend the same shares of its budget', () => {
  assert.deepEqual(factors(60), [28.8, 12, 6, 2]);
});

test('a threshold is the budget times the burn rate, and never more than nine bad answers of ten', () => {
  assert.deepEqual(
    burnRates(30).map((rate) => thresholdOf(rate, 0.001)),
    [0.0144, 0.006, 0.003, 0.001],
  );
  assert.deepEqual(
    burnRates(90).map((rate) => thresholdOf(rate, 0.1)),
    [0.9, 0.9, 0.9, 0.3],
  );
});

test('a share has no bits that nobody wrote', () => {
  assert.equal(decimal(1 - 0.999), 0.001);
});
