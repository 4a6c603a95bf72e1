import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareAnswers } from './parity.ts';

test('numbers are compared row by row, by a share of them, and a missing one differs', () => {
  assert.deepEqual(compareAnswers([[1], [1000], [Number.NaN]], [[1.00005], [1000.05], [Number.NaN]]).different, 0);
  assert.equal(compareAnswers([[0.5], [0.5]], [[0.5], [0.5003]]).different, 1);
  assert.equal(compareAnswers([[0.5, 0.5]], [[0.5]]).different, 1);
  assert.equal(compareAnswers([[0.5], [0.5]], [[0.5]]).different, 1);
  assert.equal(compareAnswers([[1]], [[Number.NaN]]).different, 1);
});
