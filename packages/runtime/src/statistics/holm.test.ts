import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { holmAdjusted } from './holm.ts';

test('the smallest p value counts as often as there are tests, the next once less', () => {
  assert.deepEqual(holmAdjusted([0.04, 0.01, 0.02]), [0.04, 0.03, 0.04]);
});

test('adjusted values keep the order, are never smaller and never above 1', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (pValues) => {
      const adjusted = holmAdjusted(pValues);

      pValues.forEach((one, i) => {
        assert.ok((adjusted[i] ?? -1) >= one && (adjusted[i] ?? 2) <= 1);
        pValues.forEach((other, j) => one < other && assert.ok((adjusted[i] ?? 0) <= (adjusted[j] ?? 0)));
      });
    }),
  );
});
