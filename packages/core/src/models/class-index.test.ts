import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classIndex } from './class-index.ts';

test('labels are found among classes however tools write the same value', () => {
  assert.deepEqual(['true', 'False', '1', '0.0', 'maybe'].map(classIndex(['0', '1'])), [1, 0, 1, 0, -1]);
  assert.deepEqual(['1', '0', 'TRUE'].map(classIndex(['false', 'true'])), [1, 0, 1]);
  assert.deepEqual(['2.0', '10', 'x'].map(classIndex(['2', '10'])), [0, 1, -1]);
});

test('the exact text wins over a look-alike', () => {
  assert.deepEqual(['NO', 'no'].map(classIndex(['no', 'NO'])), [1, 0]);
});
