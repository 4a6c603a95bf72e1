import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spreadOf } from './spread.ts';

test('the number that differs most is named, relative to the larger of the two', () => {
  const before = { auc: 0.8, folds: [{ loss: 0.5 }, { loss: 0.4 }], name: 'a' };
  const after = { auc: 0.81, folds: [{ loss: 0.5 }, { loss: 0.2 }], name: 'a' };

  assert.deepEqual(spreadOf(before, after), { path: 'folds.1.loss', before: 0.4, after: 0.2, relative: 0.5, numbers: 2 });
});

test('signs that differ are the furthest apart, and zero is no divisor', () => {
  assert.equal(spreadOf({ x: -1 }, { x: 1 })?.relative, 2);
  assert.equal(spreadOf({ x: 0 }, { x: 1e-9 })?.relative, 1);
});

test('documents that differ in more than numbers have no spread', () => {
  assert.equal(spreadOf({ x: 1, name: 'a' }, { x: 2, name: 'b' }), null);
  assert.equal(spreadOf({ x: 1 }, { y: 1 }), null);
  assert.equal(spreadOf([1, 2], [1]), null);
  assert.equal(spreadOf({ x: [1] }, { x: { 0: 1 } }), null);
  assert.equal(spreadOf({ x: 1 }, { x: 1 }), null);
});

test('a document nested thousands of levels deep is compared', () => {
  const nested = (leaf: string): string => `${'['.repeat(50_000)}${leaf}${']'.repeat(50_000)}`;

  assert.equal(spreadOf(JSON.parse(nested('1')), JSON.parse(nested('2')))?.relative, 0.5);
});
