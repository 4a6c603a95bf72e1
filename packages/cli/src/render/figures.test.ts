import assert from 'node:assert/strict';
import { test } from 'node:test';
import { duration, moment } from './figures.ts';

test('a duration has the unit that a person would use', () => {
  assert.deepEqual([4.2, 412, 3_400, 125_000, 30_840_000].map(duration), ['4.2 ms', '412 ms', '3.4 s', '2 min 05 s', '8 h 34 min']);
});

test('a moment has seconds only where there are any, and other text stays', () => {
  assert.deepEqual(['2013-08-01T02:59:00.000Z', '2013-08-01T02:59:07Z', 'EWR'].map(moment), [
    '2013-08-01 02:59 UTC',
    '2013-08-01 02:59:07 UTC',
    'EWR',
  ]);
});
