import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultStep, type ProjectConfig } from '../config/index.ts';
import { evaluateNodes } from './evaluate-nodes.ts';
import { projectOf } from './fixtures/evaluation-rig.ts';

function inputsOf(config: ProjectConfig): readonly string[] {
  return (evaluateNodes(config)[0]?.inputs ?? []).map((input) => (input.from === 'step' ? `${input.step}/${input.output}` : input.pattern));
}

test('a model on features reads the artifact, the test set with its record, and the training half that its step was given', () => {
  assert.deepEqual(inputsOf(projectOf({})), ['steps.train/model', 'features.delay/test', 'features.delay/record', 'features.delay/train']);
});

test('the training half is found through the steps between, and left out when the training reads something else', () => {
  const project = projectOf({});
  const train = project.steps['train'];
  assert.ok(train);
  const clean = { ...train, in: ['features.delay/train'], out: { table: 'clean.parquet' } };

  const through = { ...project, steps: { train: { ...train, in: ['steps.clean/table'] }, clean } };
  const elsewhere = { ...project, steps: { train: { ...train, in: ['rows.csv'] } } };

  assert.ok(inputsOf(through).includes('features.delay/train'));
  assert.ok(!inputsOf(elsewhere).includes('features.delay/train'));
});

test('a model on a dataset reads what it holds out, or all of it when nothing is held out', () => {
  const project = projectOf({ on: { kind: 'data', dataset: 'flights' } });
  const train = project.steps['train'];
  const data = project.data['flights'];
  assert.ok(train && data);
  const held = { ...project, data: { flights: { ...data, holdout: 0.2 } }, steps: { train: { ...train, in: null } } };

  assert.deepEqual(inputsOf(held), ['steps.train/model', 'data.flights/test', 'data.flights/version', 'data.flights/train']);
  assert.deepEqual(inputsOf(project), ['steps.train/model', 'data.flights/files', 'data.flights/version']);
});

test('every test must report before the gate, and a model in Python brings its lock', () => {
  const project = projectOf({});
  const tests = {
    unit: {
      kind: 'command',
      run: ['pytest'],
      in: [],
      variables: {},
      secrets: {},
      timeoutMs: null,
      isolation: defaultStep.isolation,
      report: null,
      coverage: null,
      reruns: 0,
      select: 'all',
      quarantine: [],
    },
  } as const;
  const python = { requirements: 'requirements.txt', interpreter: 'python3' };

  assert.deepEqual(inputsOf({ ...project, tests, python }).slice(-2), ['tests.unit/report', 'requirements.txt']);
  assert.ok(!inputsOf({ ...projectOf({}, {}, 'delay.onnx'), python }).includes('requirements.txt'));
});

test('a limit on latency is no part of the step: it is measured on the release', () => {
  const settings = (gate: Parameters<typeof projectOf>[1]) => evaluateNodes(projectOf({}, gate))[0]?.settings;

  assert.deepEqual(settings({ serving: { p99: { most: 20, times: null }, batch: null, requests: null, starts: null } }), settings({}));
  assert.notDeepEqual(settings({ size: { most: 20, times: null } }), settings({}));
});

test('a model file of a kind not known is refused', () => {
  assert.throws(() => evaluateNodes(projectOf({}, {}, 'delay.bin')), /TG-MODELS-FLAVOR: Cannot tell how to run the model "delay\.bin"/);
});
