import assert from 'node:assert/strict';
import { test } from 'node:test';
import { frontScanTest } from './front-scan.ts';
import { seededRandom } from './seeded-random.ts';

/** Every way in which `drawn` of `all` rows may be the current ones. */
function* orders(all: number, drawn: number): Iterable<readonly boolean[]> {
  if (all === 0) yield [];
  else {
    if (drawn > 0) for (const rest of orders(all - 1, drawn - 1)) yield [true, ...rest];
    if (drawn < all) for (const rest of orders(all - 1, drawn)) yield [false, ...rest];
  }
}

test('over all orders of two samples a p value is at most its level as often as it says', () => {
  const found = [...orders(16, 6)].map((order) => frontScanTest(order)?.pValue ?? assert.fail());

  // each p value is the share of orders with one as small
  for (const pValue of new Set(found)) {
    const share = found.filter((other) => other <= pValue * (1 + 1e-9)).length / found.length;
    assert.ok(Math.abs(share - pValue) < 1e-9, `${pValue} of ${share}`);
  }
  assert.ok(new Set(found).size > 5);
});

test('a front of current rows is found with its length, however many rows there are', () => {
  const random = seededRandom(7);
  const rest = Array.from({ length: 1400 }, () => random.below(2) === 0);

  const found = frontScanTest([...Array.from({ length: 20 }, () => true), false, ...rest]) ?? assert.fail();

  assert.ok(found.pValue < 1e-4, String(found.pValue));
  assert.ok(found.rows >= 20 && found.current >= 20, JSON.stringify(found));
});

test('what is at the end of an order is no front, and one sample alone cannot be judged', () => {
  const isLast = Array.from({ length: 200 }, (_, row) => row >= 150);

  assert.equal(frontScanTest(isLast)?.pValue, 1);
  assert.equal(frontScanTest([true, true, true, true]), null);
  assert.equal(frontScanTest([true, false]), null);
});
