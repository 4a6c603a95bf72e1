import assert from 'node:assert/strict';
import { test } from 'node:test';
import { casesOf, makeRelease } from './test-release.ts';
import { startServer } from './test-server.ts';

interface Predicted {
  readonly release: string;
  readonly model: string;
  readonly predictions: readonly {
    readonly prediction: number | string;
    readonly probability?: number;
    readonly label?: string;
    readonly probabilities?: readonly number[];
  }[];
}

test('rows of a binary classifier get the probability of the second class, the label and its probability', async (t) => {
  const { post, cases } = await serving(t, 'binary');

  const { model, release, predictions }: Predicted = await post('/v1/predict', { rows: cases.rows });

  assert.equal(model, 'tide');
  assert.match(release, /^sha256:[0-9a-f]{64}$/);
  predictions.forEach(({ prediction, label, probability }, row) => {
    const [first = 0, second = 0] = cases.probabilities?.[row] ?? [];
    assertClose(prediction, second);
    assert.equal(label, String(cases.prediction[row]));
    assertClose(probability, Math.max(first, second));
  });
});

test('rows of a multiclass classifier get the class, its probability and all of them', async (t) => {
  const { post, cases } = await serving(t, 'multiclass');

  const { predictions }: Predicted = await post('/v1/predict', { rows: cases.rows });

  predictions.forEach(({ prediction, label, probability, probabilities }, row) => {
    assert.equal(prediction, cases.prediction[row]);
    assert.equal(label, prediction);
    cases.probabilities?.[row]?.forEach((value, index) => assertClose(probabilities?.[index], value));
    assertClose(probability, Math.max(...(cases.probabilities?.[row] ?? [])));
  });
});

test('rows of a regression get the value, with null where the model was trained on missing numbers', async (t) => {
  const { post, cases } = await serving(t, 'regression');
  assert.ok(cases.rows.some((row) => row['area'] === null));

  const { predictions }: Predicted = await post('/v1/predict', { rows: cases.rows });

  predictions.forEach((found, row) => {
    assertClose(found.prediction, cases.prediction[row]);
    assert.deepEqual(Object.keys(found), ['id', 'prediction']);
  });
});

test('infer takes tensors flat or nested, of several rows, echoes the id and gives the outputs asked for', async (t) => {
  const { post, cases } = await serving(t, 'one-row');
  const [a, b] = cases.rows.map((row) => [row['x'], row['y'], row['z']]);
  const expected = cases.prediction.slice(0, 2);

  for (const data of [
    [a, b],
    [...(a ?? []), ...(b ?? [])],
  ]) {
    const answer = await post('/v2/models/tide/infer', {
      id: 'i-1',
      inputs: [{ name: 'features', shape: [2, 3], datatype: 'FP64', data }],
      outputs: [{ name: 'variable' }],
    });

    assert.deepEqual([answer.model_name, answer.id, answer.outputs.length], ['tide', 'i-1', 1]);
    const [{ name, datatype, shape, data: values }] = answer.outputs;
    assert.deepEqual([name, datatype, shape], ['variable', 'FP32', [2, 1]]);
    values.forEach((value: number, index: number) => assertClose(value, expected[index]));
  }
});

test('what a server says of itself', async (t) => {
  const { get, post, text, cases } = await serving(t, 'matrix');

  await t.test('metadata, health and readiness follow the Open Inference Protocol', async () => {
    assert.deepEqual(await get('/v2'), { name: 'tidegate', version: '0.1.0', extensions: ['binary_tensor_data'] });
    assert.deepEqual(await get('/v2/models'), { models: ['tide'] });
    assert.deepEqual(await get('/v2/models/tide'), {
      name: 'tide',
      versions: ['abababababab'],
      platform: 'onnxruntime_onnx',
      inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 3] }],
      outputs: [{ name: 'variable', datatype: 'FP32', shape: [-1, 1] }],
    });
    assert.deepEqual(await get('/v2/models/tide/versions/abababababab/ready'), { name: 'tide', ready: true });
    assert.deepEqual(await get('/v2/health/live'), { live: true });
    assert.deepEqual(await get('/v2/health/ready?verbose=1'), { ready: true });
  });

  await t.test('metrics count requests, batches and rows, and name the release', async () => {
    await post('/v1/predict', { rows: cases.rows });
    await post('/v1/predict', { rows: cases.rows.slice(0, 1) });

    const lines = (await text('/metrics')).split('\n');

    const valueOf = (start: string): string | undefined =>
      lines
        .find((line) => line.startsWith(start))
        ?.split(' ')
        .at(-1);
    assert.equal(valueOf('tidegate_requests_total{endpoint="predict",code="200"}'), '2');
    assert.equal(valueOf('tidegate_request_duration_seconds_count{endpoint="predict"}'), '2');
    assert.equal(valueOf('tidegate_batch_rows_sum'), '21');
    assert.equal(valueOf('tidegate_inference_seconds_count'), '2');
    assert.equal(valueOf('tidegate_ready'), '1');
    assert.equal(valueOf('nv_inference_request_success{'), '2');
    assert.equal(valueOf('nv_inference_count{'), '21');
    assert.equal(valueOf('request_predict_seconds_count{model_name="tide"}'), '2');
    assert.ok(
      lines.some((line) =>
        /^tidegate_release_info\{project="harbour",service="tide-api",release="sha256:[0-9a-f]{64}",model="tide",version="abababababab",flavor="onnx"\} 1$/.test(
          line,
        ),
      ),
    );
    assert.ok(lines.some((line) => line.startsWith('process_resident_memory_bytes ')));
  });
});

async function serving(t: { readonly after: (end: () => Promise<unknown>) => void }, name: string) {
  const release = await makeRelease({ file: `${name}.onnx`, flavor: 'onnx' });
  t.after(release.remove);
  const { address, kill } = await startServer(['--release', release.folder]);
  t.after(kill);
  const text = async (path: string, init?: RequestInit): Promise<string> => {
    const answer = await fetch(`${address}${path}`, init);
    assert.equal(answer.status, 200);
    return answer.text();
  };
  return {
    text,
    cases: await casesOf(name),
    get: async (path: string) => JSON.parse(await text(path)),
    post: async (path: string, body: unknown) =>
      JSON.parse(await text(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })),
  };
}

function assertClose(found: unknown, expected: unknown): void {
  if (typeof found !== 'number' || typeof expected !== 'number') assert.equal(found, expected);
  else assert.ok(Math.abs(found - expected) < 1e-5, `${found} is not ${expected}`);
}
