import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextShare } from './next-share.ts';

test('one row of one says as much as Laplace’s rule of succession', () => {
  // of the next one the chance is 1 in 3 when the first had it not, and 2 in 3 when it had
  assert.equal(nextShare({ found: 0, of: 1 }, 0.34), 0);
  assert.equal(nextShare({ found: 0, of: 1 }, 0.33), 1);
  assert.equal(nextShare({ found: 1, of: 1 }, 0.67), 0);
  assert.equal(nextShare({ found: 1, of: 1 }, 0.66), 1);
});

test('more rows narrow it, down to what there is', () => {
  const limits = [20, 75, 500, 2000, 10_000_000].map((rows) => nextShare({ found: 0.1 * rows, of: rows }, 1e-4));

  assert.deepEqual(
    limits,
    limits.toSorted((a, b) => b - a),
  );
  assert.ok((limits[0] ?? 0) > 0.4 && (limits.at(-1) ?? 1) < 0.15, String(limits));
});
