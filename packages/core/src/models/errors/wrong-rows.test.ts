import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sample } from '@tidegate/runtime';
import { errorThreshold, worstFirst, wrongRows } from './wrong-rows.ts';

function sampleOf(task: Sample['task'], truth: readonly number[], prediction: readonly number[], more: Partial<Sample> = {}): Sample {
  return { task, truth: Float64Array.from(truth), prediction: Float64Array.from(prediction), trueProbability: null, ...more };
}

test('an error is a wrong class, one wrong label of several, or a number further off than nine of ten', () => {
  const errorsOf = (sample: Sample): readonly boolean[] => {
    const { isError } = wrongRows(sample, errorThreshold(sample));
    return Array.from({ length: sample.truth.length / (sample.labels ?? 1) }, (_, row) => isError(row));
  };

  assert.deepEqual(errorsOf(sampleOf('binary', [1, 0, 1], [0.6, 0.5, Number.NaN])), [false, false, false]);
  assert.deepEqual(errorsOf(sampleOf('binary', [1, 0], [0.4, 0.7])), [true, true]);
  assert.deepEqual(errorsOf(sampleOf('multiclass', [2, 0], [2, 1])), [false, true]);
  assert.deepEqual(errorsOf(sampleOf('multilabel', [1, 0, 0, 1], [0.9, 0.1, 0.2, 0.3], { labels: 2 })), [false, true]);
  assert.deepEqual(errorsOf(sampleOf('regression', [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1, 1, 1, 1, 5])).indexOf(true), 9);
});

test('the worst of wrong classes are those to which the model gave the true class least; rows without a prediction are none', () => {
  const sample = sampleOf('multiclass', [0, 1, 2, 1], [1, 0, 2, Number.NaN], {
    trueProbability: Float64Array.of(0.3, 0.1, 0.9, Number.NaN),
  });

  assert.deepEqual(worstFirst(sample, Float64Array.of(1, 1, 0, Number.NaN)), [1, 0, 2]);
});
