import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quantileBounds, valuesNeeded } from './quantile-bounds.ts';

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
const p99 = { quantile: 0.99, confidence: 0.95 };

test('299 values are needed for an upper bound of the 99th percentile at 95 %, and then the largest is it', () => {
  assert.equal(valuesNeeded(p99), 299);
  assert.equal(quantileBounds(upTo(298), p99).high, null);
  assert.equal(quantileBounds(upTo(299), p99).high, 299);
});

test('the ranks are those of the binomial distribution', () => {
  // binomial(1000, 0.99): P(X <= 994) = 0.9339, P(X <= 995) = 0.9713; P(X >= 985) = 0.9521, P(X >= 986) = 0.9176
  assert.deepEqual(quantileBounds(upTo(1000), p99), { estimate: 990, low: 985, high: 996 });
  // binomial(20, 0.5): P(X <= 13) = 0.9423, P(X <= 14) = 0.9793; P(X >= 6) = 0.9793, P(X >= 7) = 0.9423
  assert.deepEqual(quantileBounds(upTo(20), { quantile: 0.5, confidence: 0.95 }), { estimate: 10, low: 6, high: 15 });
});

test('the order in which values come does not matter', () => {
  assert.deepEqual(quantileBounds(upTo(400).toReversed(), p99), quantileBounds(upTo(400), p99));
});

test('few values have an estimate and not every bound', () => {
  assert.deepEqual(quantileBounds([7], p99), { estimate: 7, low: 7, high: null }); // one value lies below its 99th percentile 99 times of 100
  assert.deepEqual(quantileBounds([7], { quantile: 0.5, confidence: 0.95 }), { estimate: 7, low: null, high: null });
});
