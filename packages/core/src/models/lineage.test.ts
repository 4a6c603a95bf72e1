import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Artifact, type Digest, type KeyRecord, type ModelVersion, runId, stepName } from '@tidegate/formats';
import { type EvaluationRig, noteResult, openRig } from './fixtures/evaluation-rig.ts';
import { lineage } from './lineage.ts';
import { listModelVersions, modelVersion, recordModelVersion } from './registry.ts';

async function putKey(rig: EvaluationRig, step: string, inputs: { readonly [name: string]: Digest }): Promise<Digest> {
  const record: KeyRecord = {
    format: 'tidegate.key/2',
    step: stepName(step),
    kind: step.startsWith('data.') ? 'dataset' : 'command',
    kindVersion: 1,
    inputs,
    settings: { run: ['python', `${step}.py`] },
    variables: {},
    facts: { python: '3.11.7' },
    outputs: {},
    places: {},
    executables: [],
  };
  return (await rig.store.putJson(record)).digest;
}

/** A step that made one output out of the artifacts of others. */
async function made(
  rig: EvaluationRig,
  step: string,
  outputs: readonly string[],
  inputs: { readonly [name: string]: Digest },
): Promise<{ readonly [output: string]: Artifact } & { readonly key: Digest }> {
  const key = await putKey(rig, step, inputs);
  const artifacts = Object.fromEntries(
    await Promise.all(outputs.map(async (output) => [output, await rig.put(output, `${step} ${output}`)] as const)),
  );
  noteResult(rig.state, { step, key, outputs: artifacts });
  return Object.assign(artifacts, { key });
}

function versionOf(artifact: Artifact | undefined, trainedBy: Digest): ModelVersion {
  return {
    format: 'tidegate.model-version/1',
    model: 'delay',
    artifact: artifact?.digest ?? trainedBy,
    bytes: 10,
    flavor: 'onnx',
    file: 'delay.onnx',
    signature: { task: 'binary', inputs: [], classes: ['0', '1'] },
    trainedBy,
    trainedOn: null,
  };
}

test('a model version is followed back to files, settings and dataset versions', async () => {
  await using rig = await openRig();
  const script = await rig.put('train.py', 'print(1)');
  const flights = await made(rig, 'data.flights', ['version', 'files'], {});
  const features = await made(rig, 'features.delay', ['train'], { 'data.flights/files': flights['files']?.digest as Digest });
  const train = await made(rig, 'steps.train', ['model'], {
    'train.py': script.digest,
    'features.delay/train': features['train']?.digest as Digest,
  });
  const { digest } = await rig.putJson(versionOf(train['model'], train.key));

  const found = await lineage(rig, digest);

  assert.equal(found.trainedBy.step, 'steps.train');
  assert.deepEqual(found.trainedBy.files, { 'train.py': script.digest });
  assert.deepEqual(found.trainedBy.settings, { run: ['python', 'steps.train.py'] });
  assert.equal(found.trainedBy.inputs[0]?.madeBy?.step, 'features.delay');
  assert.equal(found.trainedBy.inputs[0]?.madeBy?.inputs[0]?.madeBy?.step, 'data.flights');
  assert.deepEqual(found.datasets, { flights: flights['version']?.digest });
});

test('an input whose step is no longer known ends the way back there', async () => {
  await using rig = await openRig();
  const gone = await rig.put('gone', 'gone');
  const train = await made(rig, 'steps.train', ['model'], { 'steps.clean/table': gone.digest });
  const { digest } = await rig.putJson(versionOf(train['model'], train.key));

  const found = await lineage(rig, digest);

  assert.deepEqual(found.trainedBy.inputs, [{ name: 'steps.clean/table', digest: gone.digest, madeBy: null }]);
});

test('the registry lists the versions of a project, newest first, and keeps the first registration', async () => {
  await using rig = await openRig();
  const key = await putKey(rig, 'steps.train', {});
  const registered = async (bytes: number, madeAt: string) => {
    const version = { ...versionOf(undefined, key), bytes };
    const { digest } = await rig.putJson(version);
    const model = { digest, project: 'flights', run: runId('r-20261123-202553-3f9a'), madeAt, version };
    recordModelVersion(rig.state, model);
    return model;
  };
  const first = await registered(1, '2026-01-01T00:00:00.000Z');
  const second = await registered(2, '2026-01-02T00:00:00.000Z');
  await registered(1, '2026-01-03T00:00:00.000Z');

  assert.deepEqual(listModelVersions(rig.state, 'flights'), [second, first]);
  assert.deepEqual(listModelVersions(rig.state, 'flights', 'other'), []);
  assert.deepEqual(modelVersion(rig.state, 'flights', first.digest), first);
  assert.throws(() => modelVersion(rig.state, 'other', first.digest), /TG-MODELS-UNKNOWN/);
});
