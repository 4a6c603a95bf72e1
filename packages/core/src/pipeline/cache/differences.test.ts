import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Digest, type Json, type KeyRecord, stepName } from '@tidegate/formats';
import { digestOfBytes } from '../../platform/index.ts';
import { differences } from './differences.ts';

const a: Digest = digestOfBytes('a');
const b: Digest = digestOfBytes('b');

const record = (more: Partial<KeyRecord> = {}): KeyRecord => ({
  format: 'tidegate.key/2',
  step: stepName('steps.train'),
  kind: 'command',
  kindVersion: 1,
  inputs: {},
  settings: {},
  variables: {},
  facts: {},
  outputs: {},
  places: {},
  executables: [],
  ...more,
});

const changed = (setting: string, before: Json, after: Json) => ({ kind: 'setting-changed', setting, before, after });

test('equal records do not differ', () => {
  assert.deepEqual(differences(record({ settings: { x: [1, { y: 2 }], z: 0 } }), record({ settings: { z: 0, x: [1, { y: 2 }] } })), []);
});

test('every input that changed, came or went is named', () => {
  const before = record({ inputs: { 'train.py': a, 'params.yaml': a, 'old.csv': b } });
  const after = record({ inputs: { 'train.py': b, 'params.yaml': a, 'new.csv': b } });

  assert.deepEqual(differences(before, after), [
    { kind: 'input-changed', input: 'new.csv', before: null, after: b },
    { kind: 'input-changed', input: 'old.csv', before: b, after: null },
    { kind: 'input-changed', input: 'train.py', before: a, after: b },
  ]);
});

test('the very member of a setting, a variable, a fact and an output is named', () => {
  const before = record({
    settings: { run: ['python', 'train.py'], gate: { min: { auc: 0.6, f1: 0.1 } } },
    variables: { SEED: '1' },
    facts: { python: { version: '3.11' } },
    outputs: { model: 'm.onnx' },
    places: { 'steps.a/out': 'x' },
    executables: ['run.sh'],
    kindVersion: 1,
  });
  const after = record({
    settings: { run: ['python', 'fit.py'], gate: { min: { auc: 0.7, f1: 0.1 } } },
    variables: { SEED: '2' },
    facts: { python: { version: '3.12' } },
    outputs: { model: 'n.onnx' },
    places: { 'steps.a/out': 'y' },
    executables: [],
    kindVersion: 2,
  });

  assert.deepEqual(differences(before, after), [
    changed('kindVersion', 1, 2),
    changed('settings.gate.min.auc', 0.6, 0.7),
    changed('settings.run.1', 'train.py', 'fit.py'),
    changed('variables.SEED', '1', '2'),
    changed('facts.python.version', '3.11', '3.12'),
    changed('outputs.model', 'm.onnx', 'n.onnx'),
    changed('places.steps.a/out', 'x', 'y'),
    changed('executables', ['run.sh'], []),
  ]);
});

test('an absent variable and an empty one differ', () => {
  assert.deepEqual(differences(record(), record({ variables: { DEBUG: '' } })), [changed('variables.DEBUG', null, '')]);
});

test('a member that is null and one that is absent differ', () => {
  assert.deepEqual(differences(record({ settings: { x: null } }), record()), [changed('settings.x', null, null)]);
});

test('values of different shape, and lists of different length, differ as a whole', () => {
  assert.deepEqual(differences(record({ settings: { x: [1] } }), record({ settings: { x: { 0: 1 } } })), [
    changed('settings.x', [1], { 0: 1 }),
  ]);
  assert.deepEqual(differences(record({ settings: { x: [1] } }), record({ settings: { x: [1, 2] } })), [
    changed('settings.x', [1], [1, 2]),
  ]);
});

test('of a list whose members have names, the member that came, went or changed is named, not its position', () => {
  const [rain, load, wind] = [
    { name: 'rain', ttl: 1 },
    { name: 'load', ttl: 2 },
    { name: 'wind', ttl: 3 },
  ];
  const views = (...list: readonly Json[]) => record({ settings: { views: list } });

  assert.deepEqual(differences(views(rain, load), views(load)), [changed('settings.views.rain', rain, null)]);
  assert.deepEqual(differences(views(rain), views()), [changed('settings.views.rain', rain, null)]);
  assert.deepEqual(differences(views(rain), views(rain, wind)), [changed('settings.views.wind', null, wind)]);
  assert.deepEqual(differences(views(rain, load), views(rain, { name: 'load', ttl: 9 })), [changed('settings.views.load.ttl', 2, 9)]);
});

test('a list whose members have names and only stand in another order, or share a name, differs as a whole', () => {
  const [rain, load] = [{ name: 'rain' }, { name: 'load' }];
  const views = (...list: readonly Json[]) => record({ settings: { views: list } });

  assert.deepEqual(differences(views(rain, load), views(load, rain)), [changed('settings.views', [rain, load], [load, rain])]);
  assert.deepEqual(differences(views(rain, rain), views(rain)), [changed('settings.views', [rain, rain], [rain])]);
});

test('names that every object has are names like any other', () => {
  const named = (value: string): Partial<KeyRecord> => ({ variables: JSON.parse(`{"__proto__": "${value}", "constructor": "x"}`) });

  assert.deepEqual(differences(record(named('1')), record(named('2'))), [changed('variables.__proto__', '1', '2')]);
  assert.deepEqual(differences(record(), record({ variables: { constructor: 'x' } })), [changed('variables.constructor', null, 'x')]);
});
