import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Signature } from '@tidegate/formats';
import { readPredictions } from './read-predictions.ts';
import type { Answer, OutputValues } from './tensor.ts';

const floats = (name: string, width: number, ...data: readonly number[]): OutputValues => ({
  name,
  kind: 'float32',
  shape: width === 1 ? [] : [width],
  width,
  data: Float32Array.from(data),
});
const labels = (...data: readonly string[]): OutputValues => ({ name: 'label', kind: 'string', shape: [], width: 1, data });
const whole = (...data: readonly number[]): OutputValues => ({
  name: 'label',
  kind: 'int64',
  shape: [],
  width: 1,
  data: BigInt64Array.from(data, BigInt),
});
const answer = (rows: number, ...outputs: readonly OutputValues[]): Answer => ({ from: 0, rows, outputs });
const binary: Signature = { task: 'binary', inputs: [], classes: ['no', 'yes'] };
const three: Signature = { task: 'multiclass', inputs: [], classes: ['a', 'b', 'c'] };
const regression: Signature = { task: 'regression', inputs: [], classes: [] };

test('a binary classifier gives the probability of the second class and the label the model chose', () => {
  const read = readPredictions(binary, answer(2, labels('yes', 'yes'), floats('probabilities', 2, 0.75, 0.25, 0, 1)));

  assert.deepEqual(read, { values: [0.25, 1], classes: [1, 1], probabilities: [0.75, 0.25, 0, 1] });
});

test('a single probability is that of the second class', () => {
  const read = readPredictions(binary, answer(2, floats('sigmoid', 1, 0.25, 0.75)));

  assert.deepEqual(read, { values: [0.25, 0.75], classes: [0, 1], probabilities: [0.75, 0.25, 0.25, 0.75] });
});

test('labels that the model numbers from 0 are classes by their place', () => {
  assert.deepEqual(readPredictions(binary, answer(2, whole(1, 0))), { values: [1, 0], classes: [1, 0], probabilities: null });
});

test('a multiclass classifier without labels chooses the most probable, the first of several', () => {
  const read = readPredictions(three, answer(2, floats('probabilities', 3, 0, 0.5, 0.5, 0.25, 0.25, 0.5)));

  assert.deepEqual(read.classes, [1, 2]);
});

test('only the rows of the answer are read', () => {
  const shared = answer(3, floats('variable', 1, 1, 2, 3));

  assert.deepEqual(readPredictions(regression, { ...shared, from: 1, rows: 2 }).values, [2, 3]);
});

test('outputs that do not fit the task are described', () => {
  const refused = (signature: Signature, found: Answer, message: RegExp): void =>
    assert.throws(() => readPredictions(signature, found), { name: 'TidegateError', message });

  refused(regression, answer(1, floats('y', 2, 1, 2)), /needs one number a row, found "y" float32 \[N, 2\]/);
  refused(three, answer(1, floats('p', 2, 1, 2)), /needs 3 probabilities a row/);
  refused(three, answer(1, labels('d')), /its label "d" is none of the classes "a", "b", "c"/);
  refused(three, answer(1), /neither labels nor probabilities/);
});

test('a model of several labels gives a probability for each, and one number a row is refused', () => {
  const several: Signature = { task: 'multilabel', inputs: [], classes: ['a', 'b', 'c'] };
  const read = readPredictions(several, answer(2, floats('probabilities', 3, 0.75, 0.25, 0.5, 1, 0, 0.625)));

  assert.deepEqual(read, { values: [1, 2], classes: null, probabilities: [0.75, 0.25, 0.5, 1, 0, 0.625] });
  assert.throws(() => readPredictions(several, answer(1, floats('sigmoid', 1, 0.5))), /TG-SERVING-MODEL-OUTPUTS: .*3 probabilities a row/);
});
