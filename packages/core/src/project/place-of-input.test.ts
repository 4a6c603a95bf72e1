import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TidegateError } from '@tidegate/formats';
import { makeTestProject } from './test-project.ts';

const files = {
  'tidegate.yaml': `version: 1
data:
  homes: { from: { files: homes.csv }, contract: homes.odcs.yaml }
  sales: { from: { files: [old/*.csv, new/*.csv] } }
  visits:
    from:
      files: visits/*.parquet
steps:
  train: { run: python3 train.py, in: [data.homes], out: { model: model.py } }
models:
  price: { artifact: steps.train.model, evaluate: { on: data.homes, label: price, metrics: [rmse] } }
services: { prices: { model: price } }
environments: { staging: { target: local, tests: tests/api/*.yaml } }
`,
  'homes.csv': 'area,price\n1,2\n',
  'train.py': '',
  'homes.odcs.yaml': `apiVersion: v3.1.0
kind: DataContract
id: homes
version: 1.0.0
status: active
schema:
  - name: homes
    physicalNme: homes
`,
};

test('patterns that match nothing are told at once, each at its place in the file', async (t) => {
  const project = makeTestProject(t, files);

  const error: unknown = await project.run().then(
    () => null,
    (reason: unknown) => reason,
  );

  assert.ok(error instanceof TidegateError);
  const told = error.diagnostics.map(({ code, place }) => `${code} ${place?.file}:${place?.line}:${place?.column}-${place?.length}`);
  assert.deepEqual(told.toSorted(), [
    `TG-PIPELINE-INPUT-MISSING tidegate.yaml:13:50-${'tests/api/*.yaml'.length}`,
    `TG-PIPELINE-INPUT-MISSING tidegate.yaml:4:28-${'old/*.csv'.length}`,
    `TG-PIPELINE-INPUT-MISSING tidegate.yaml:7:14-${'visits/*.parquet'.length}`,
  ]);
});

test('a step that fails for a mistake in a file says where it is', async (t) => {
  const project = makeTestProject(t, files);

  const { record } = await project.run({ only: ['data.homes'] });

  assert.equal(record.steps[0]?.failure?.message, 'homes.odcs.yaml:8:5: Unknown name "physicalNme"');
});
