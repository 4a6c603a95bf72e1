import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sample } from '@tidegate/runtime';
import { confusionOf } from './confusion.ts';

const of = (task: Sample['task'], truth: readonly number[], prediction: readonly number[]): Sample => ({
  task,
  truth: Float64Array.from(truth),
  prediction: Float64Array.from(prediction),
  trueProbability: null,
});

test('each class is counted by what the model says of it; rows without a prediction count nowhere', () => {
  const signature = { task: 'multiclass', inputs: [], classes: ['a', 'b', 'c'] } as const;

  assert.deepEqual(confusionOf(signature, of('multiclass', [0, 0, 1, 2, 2], [0, 1, 1, 0, Number.NaN]))?.counts, [
    [1, 1, 0],
    [0, 1, 0],
    [1, 0, 0],
  ]);
});

test('of two classes the threshold of all metrics decides; a number and very many classes have no such table', () => {
  const binary = { task: 'binary', inputs: [], classes: ['false', 'true'] } as const;
  const many = { task: 'multiclass', inputs: [], classes: Array.from({ length: 21 }, (_, place) => `c${place}`) } as const;

  assert.deepEqual(confusionOf(binary, of('binary', [0, 1, 1, 0], [0.5, 0.9, 0.2, 0.6]))?.counts, [
    [1, 1],
    [1, 1],
  ]);
  assert.equal(confusionOf({ task: 'regression', inputs: [], classes: [] }, of('regression', [1], [2])), null);
  assert.equal(confusionOf(many, of('multiclass', [0], [0])), null);
});
