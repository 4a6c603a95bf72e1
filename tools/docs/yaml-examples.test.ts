import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkYaml, yamlExample } from './yaml-examples.ts';

const wrong: readonly (readonly [text: string, found: RegExp])[] = [
  ['stepz: {}\n', /TG-CONFIG-UNKNOWN-NAME/],
  [
    'models: { delay: { artifact: steps.trian.model, evaluate: { on: features.delay/test, label: late, metrics: [auc] } } }\n',
    /steps\.trian/,
  ],
  ['models: { delay: { artifact: steps.train.model, evaluate: { on: features.dealy/test, label: late, metrics: [auc] } } }\n', /"dealy"/],
  ['# features/delay.yaml, in services.delay\nviews: [wether]\n', /Cannot find the view "wether"/],
  ['# contracts/flights.odcs.yaml, in schema.0.properties\n- { name: a, logicalType: text }\n', /TG-CONFIG-INVALID/],
  ['# tests/api/a.yaml\n- { name: a, request: { method: GET }, expect: { status: 200 } }\n', /"path"/],
  ['# tests/features/a.yaml\n- { view: wether, given: {}, expect: [] }\n', /no view "wether"/],
  ['# notes.yaml\na: 1\n', /nothing reads a file called "notes.yaml"/],
  ['# Inputs that runs of this project are pinned to.\nversion: 1\n', /not written as Tidegate would/],
];

for (const [text, found] of wrong)
  test(`a mistake in a block of YAML is found: ${text.split('\n', 1)[0]}`, async () => {
    await assert.rejects(checkYaml(yamlExample({ page: '', line: 1, language: 'yaml', text })), found);
  });
