import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { tangoDifference, tangoScore } from './tango.ts';

test('the check value b = 40, c = 20, n = 160 gives 0.0309 to 0.2181 at 95 % two-sided', () => {
  const { low, high } = tangoDifference({ gained: 40, lost: 20, rows: 160 }, { confidence: 0.975, margin: 0.01 });

  assert.equal(low.toFixed(4), '0.0309');
  assert.equal(high.toFixed(4), '0.2181');
});

test('models that never differ get the bound z^2 / (n + z^2)', () => {
  const { low, high, value } = tangoDifference({ gained: 0, lost: 0, rows: 500 }, { confidence: 0.95, margin: 0.01 });
  const bound = 1.6448536269514722 ** 2 / (500 + 1.6448536269514722 ** 2);

  assert.equal(value, 0);
  assert.ok(Math.abs(high - bound) < 1e-9);
  assert.ok(Math.abs(low + bound) < 1e-9);
});

test('the interval holds the estimate, mirrors when the models change places, and its score falls', () => {
  const counts = fc
    .record({ rows: fc.integer({ min: 1, max: 500 }), gained: fc.nat({ max: 500 }), lost: fc.nat({ max: 500 }) })
    .filter(({ rows, gained, lost }) => gained + lost <= rows);
  fc.assert(
    fc.property(counts, (one) => {
      const options = { confidence: 0.95, margin: 0.01 };
      const difference = tangoDifference(one, options);
      const mirrored = tangoDifference({ ...one, gained: one.lost, lost: one.gained }, options);

      assert.ok(difference.low <= difference.value + 1e-9 && difference.value <= difference.high + 1e-9);
      assert.ok(Math.abs(difference.low + mirrored.high) < 1e-9);
      assert.ok(tangoScore(-0.3, one) >= tangoScore(0.2, one));
    }),
  );
});
