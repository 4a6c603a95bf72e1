import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KnownMetric, knownMetrics } from '@tidegate/formats';
import { type SignatureContext, signatureOf } from './signature.ts';

const silent = { inputs: null, task: null, classes: [] };

function contextOf(changes: Partial<SignatureContext>, metrics: readonly string[] = ['accuracy']): SignatureContext {
  return {
    model: 'delay',
    metrics: knownMetrics.filter((metric: KnownMetric) => metrics.includes(metric.name)),
    label: 'late',
    labels: { isNumeric: false, isList: false, values: ['false', 'true'] },
    available: [
      { name: 'distance', type: 'integer' },
      { name: 'carrier', type: 'string' },
    ],
    withheld: ['late', 'flight'],
    ...changes,
  };
}

test('where the model is silent, metrics and labels say what it is', () => {
  const labels = (...values: readonly string[]) => ({ labels: { isNumeric: false, isList: false, values } });

  assert.deepEqual(signatureOf(silent, contextOf(labels('true', 'false'))), {
    task: 'binary',
    inputs: contextOf({}).available,
    classes: ['false', 'true'],
  });
  assert.equal(signatureOf(silent, contextOf(labels('a', 'c', 'b'))).task, 'multiclass');
  assert.deepEqual(signatureOf(silent, contextOf(labels('10', '9', '2'))).classes, ['2', '9', '10']);
  assert.equal(
    signatureOf(silent, contextOf({ labels: { isNumeric: true, isList: false, values: ['1.5'] } }, ['rmse'])).task,
    'regression',
  );
});

test('the model says its columns and types; a type it leaves open comes from the test set', () => {
  const inputs = [
    { name: 'carrier', type: null },
    { name: 'distance', type: 'number' },
  ] as const;

  assert.deepEqual(signatureOf({ inputs, task: 'binary', classes: ['0', '1'] }, contextOf({})).inputs, [
    { name: 'carrier', type: 'string' },
    { name: 'distance', type: 'number' },
  ]);
});

test('an unknown input is refused with the nearest column', () => {
  const inputs = [{ name: 'distanse', type: null }];

  assert.throws(
    () => signatureOf({ ...silent, inputs }, contextOf({})),
    /TG-MODELS-INPUT-MISSING: Cannot evaluate the model "delay": it takes "distanse"/,
  );
});

test('a label that does not fit is refused', () => {
  const values = Array.from({ length: 3 }, (_, index) => `v${index}`);

  assert.throws(
    () => signatureOf({ ...silent, task: 'binary' }, contextOf({ labels: { isNumeric: false, isList: false, values } })),
    /TG-MODELS-LABEL: .*it tells two classes apart, and the label "late" has 3 values/,
  );
  assert.throws(
    () => signatureOf(silent, contextOf({ labels: { isNumeric: false, isList: false, values } }, ['mae'])),
    /TG-MODELS-LABEL: .*it is a regression, and the label "late" is no number/,
  );
  assert.throws(
    () =>
      signatureOf(
        silent,
        contextOf({ labels: { isNumeric: true, isList: false, values: Array.from({ length: 1001 }, (_, index) => String(index)) } }),
      ),
    /TG-MODELS-LABEL: .*has more than 1000 values/,
  );
});
