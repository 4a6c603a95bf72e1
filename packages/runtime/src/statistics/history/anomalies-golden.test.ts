import assert from 'node:assert/strict';
import { test } from 'node:test';
import golden from '../fixtures/anomalies.json' with { type: 'json' };
import { studentCdf } from '../student-t.ts';
import { median, midmean, slopeOf } from './forecasters.ts';
import { spreadPosterior, tailOfSum } from './spread-posterior.ts';

test('the chance of the next error is the one that numerical integration by SciPy gives', () => {
  for (const { errors, factor, value, above } of golden.chances) {
    const past = errors.map(([error = 0, own = 1]) => ({ error, factor: own, noise: 1e-5 }));

    const found = spreadPosterior(past).spreads.reduce((sum, { weight, scale, tail, skew }) => {
      const spread = scale * factor * skew;
      return sum + weight * studentCdf(-value / spread, tailOfSum(tail, { scale: spread, noise: 1e-5 }));
    }, 0);

    assert.ok(Math.abs(found / above - 1) < 0.02, `${found} is not ${above}, of ${errors.length} errors beyond ${value}`);
  }
});

test('the slope of a trend and the mean of the middle half are those of SciPy', () => {
  for (const { times, values, slope } of golden.slopes)
    assert.ok(Math.abs((slopeOf({ times, values }, 0, times.length) ?? 0) - slope) < 1e-12);
  for (const { values, mean } of golden.middles) assert.ok(Math.abs(midmean(values) - mean) < 1e-12);
  assert.equal(median([3, 1, 2, 10]), 2.5);
});
