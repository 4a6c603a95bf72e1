import assert from 'node:assert/strict';
import { test } from 'node:test';
import { predictionIds } from './prediction-id.ts';

test('ids sort in the order they were given, though the clock stands and goes back', () => {
  const idAt = predictionIds();
  const start = Date.UTC(2026, 0, 1);
  const ids = Array.from({ length: 10_000 }, (_, index) => idAt(start + (index < 9_000 ? 0 : -5_000)));

  assert.deepEqual(ids.toSorted(), ids);
  assert.equal(new Set(ids).size, ids.length);
});

test('an id is a UUID of version 7 with the time of its prediction', () => {
  const id = predictionIds()(0x0192_3456_789a);

  assert.match(id, /^01923456-789a-7000-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
