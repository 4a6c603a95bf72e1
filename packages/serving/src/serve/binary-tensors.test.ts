import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { casesOf, makeRelease } from './test-release.ts';
import { startServer } from './test-server.ts';

interface Tensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly bytes: Buffer;
}

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly json: {
    readonly error?: string;
    readonly code?: string;
    readonly outputs?: readonly {
      readonly name: string;
      readonly datatype: string;
      readonly shape: number[];
      readonly data?: unknown[];
      readonly parameters?: { readonly binary_data_size: number };
    }[];
  };
  /** Bytes of the outputs by name, as far as they are binary. */
  readonly binary: ReadonlyMap<string, Buffer>;
}

async function serving(
  t: TestContext,
  file: string,
): Promise<(body: Buffer, headers: { readonly [name: string]: string }) => Promise<Answered>> {
  const release = await makeRelease({ file, flavor: 'onnx' });
  const server = await startServer(['--release', release.folder]);
  t.after(async () => {
    await server.stop();
    await release.remove();
  });
  return async (body, headers) => {
    const answer = await fetch(`${server.address}/v2/models/tide/infer`, { method: 'POST', headers, body });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const sagemaker = /json-header-size=(\d+)/.exec(answer.headers.get('content-type') ?? '')?.[1];
    const length = Number(answer.headers.get('inference-header-content-length') ?? sagemaker ?? bytes.length);
    const json = JSON.parse(bytes.subarray(0, length).toString()) as Answered['json'];
    const binary = new Map<string, Buffer>();
    let at = length;
    for (const { name, parameters } of json.outputs ?? []) {
      if (parameters === undefined) continue;
      binary.set(name, bytes.subarray(at, at + parameters.binary_data_size));
      at += parameters.binary_data_size;
    }
    assert.equal(at, bytes.length, 'nothing follows the last tensor');
    return { status: answer.status, headers: answer.headers, json, binary };
  };
}

function request(tensors: readonly Tensor[], more: object = {}): { readonly body: Buffer; readonly length: string } {
  const inputs = tensors.map(({ name, datatype, shape, bytes }) => ({
    name,
    datatype,
    shape,
    parameters: { binary_data_size: bytes.length },
  }));
  const head = Buffer.from(JSON.stringify({ inputs, ...more }));
  return { body: Buffer.concat([head, ...tensors.map(({ bytes }) => bytes)]), length: String(head.length) };
}

function texts(values: readonly string[]): Buffer {
  return Buffer.concat(
    values.map((value) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(Buffer.byteLength(value));
      return Buffer.concat([length, Buffer.from(value)]);
    }),
  );
}

const memory = (view: ArrayBufferView): Buffer => Buffer.from(view.buffer, view.byteOffset, view.byteLength);
const octets = { 'content-type': 'application/octet-stream' };

test('every kind of tensor is taken as bytes and given back as bytes', async (t) => {
  const ask = await serving(t, 'kinds.onnx');
  const { rows, probabilities = [] } = await casesOf('kinds');
  const of = (name: string): readonly unknown[] => rows.map((row) => row[name]);
  const shape = [rows.length, 1];
  const tensors: readonly Tensor[] = [
    { name: 'rough', datatype: 'FP32', shape, bytes: memory(Float32Array.from(of('rough'), Number)) },
    { name: 'count', datatype: 'INT64', shape, bytes: memory(BigInt64Array.from(of('count'), (value) => BigInt(Number(value)))) },
    { name: 'exact', datatype: 'FP64', shape, bytes: memory(Float64Array.from(of('exact'), Number)) },
    { name: 'member', datatype: 'BOOL', shape, bytes: memory(Uint8Array.from(of('member'), Number)) },
  ];
  const { body, length } = request(tensors, { id: '7', parameters: { binary_data_output: true } });

  const { status, json, binary } = await ask(body, { ...octets, 'inference-header-content-length': length });

  assert.equal(status, 200, JSON.stringify(json));
  const found = json.outputs?.find(({ datatype }) => datatype === 'FP32');
  assert.deepEqual(found?.shape, [rows.length, 2]);
  const bytes = binary.get(found.name) ?? Buffer.alloc(0);
  const wanted = probabilities.flat();
  assert.equal(bytes.length, wanted.length * 4);
  for (const [index, value] of wanted.entries()) assert.ok(Math.abs(bytes.readFloatLE(index * 4) - value) < 1e-5, `value ${index}`);
});

test('texts are taken as bytes; an output says by itself whether it is binary; SageMaker is told the length in the content type', async (t) => {
  const ask = await serving(t, 'regression.onnx');
  const { rows, prediction } = await casesOf('regression');
  const shape = [rows.length, 1];
  const numbers = (name: string): Buffer => memory(Float32Array.from(rows, (row) => (row[name] === null ? Number.NaN : Number(row[name]))));
  const tensors: readonly Tensor[] = [
    { name: 'town', datatype: 'BYTES', shape, bytes: texts(rows.map((row) => String(row['town']))) },
    { name: 'area', datatype: 'FP32', shape, bytes: numbers('area') },
    { name: 'rooms', datatype: 'FP32', shape, bytes: numbers('rooms') },
  ];
  const plain = request(tensors, {
    outputs: [{ name: 'variable', parameters: { binary_data: false } }],
    parameters: { binary_data_output: true },
  });
  const sagemaker = request(tensors, { outputs: [{ name: 'variable', parameters: { binary_data: true } }] });

  const { json } = await ask(plain.body, { ...octets, 'inference-header-content-length': plain.length });
  const there = await ask(sagemaker.body, {
    'content-type': `application/vnd.sagemaker-triton.binary+json;json-header-size=${sagemaker.length}`,
  });

  const bytes = there.binary.get('variable') ?? Buffer.alloc(0);
  assert.match(there.headers.get('content-type') ?? '', /^application\/vnd\.sagemaker-triton\.binary\+json;json-header-size=\d+$/);
  for (const [index, value] of prediction.entries()) {
    assert.ok(Math.abs(Number(json.outputs?.[0]?.data?.[index]) - Number(value)) < 1e-4, `row ${index}`);
    assert.ok(Math.abs(bytes.readFloatLE(index * 4) - Number(value)) < 1e-4, `row ${index}`);
  }
});

test('bytes alone are one row of the only input, and come back as bytes', async (t) => {
  const ask = await serving(t, 'matrix.onnx');
  const { rows, prediction } = await casesOf('matrix');
  const row = memory(Float32Array.from(['x', 'y', 'z'], (name) => Number(rows[0]?.[name])));

  const { status, json, binary } = await ask(row, { ...octets, 'inference-header-content-length': '0' });
  const short = await ask(row.subarray(0, 8), { ...octets, 'inference-header-content-length': '0' });

  assert.equal(status, 200);
  assert.ok(Math.abs((binary.get('variable') ?? Buffer.alloc(4)).readFloatLE(0) - Number(prediction[0])) < 1e-4, JSON.stringify(json));
  assert.deepEqual([short.status, short.json.code], [400, 'TG-SERVING-SHAPE']);
});

test('bytes that are not what they are said to be are refused, and the server goes on', async (t) => {
  const ask = await serving(t, 'regression.onnx');
  const good: readonly Tensor[] = [
    { name: 'town', datatype: 'BYTES', shape: [2, 1], bytes: texts(['a', 'b']) },
    { name: 'area', datatype: 'FP32', shape: [2, 1], bytes: memory(Float32Array.of(1, 2)) },
    { name: 'rooms', datatype: 'FP32', shape: [2, 1], bytes: memory(Float32Array.of(1, 2)) },
  ];
  const withTown = (bytes: Buffer): readonly Tensor[] => [{ ...(good[0] ?? assert.fail()), bytes }, ...good.slice(1)];
  const withArea = (change: Partial<Tensor>): readonly Tensor[] =>
    good.map((tensor) => (tensor.name === 'area' ? { ...tensor, ...change } : tensor));
  const wrongs: readonly (readonly [readonly Tensor[], RegExp])[] = [
    [withTown(texts(['a', 'b']).subarray(0, 8)), /its text 1 is longer than the tensor/],
    [withTown(Buffer.from([255, 255, 255, 255, 97])), /its text 0 is longer than the tensor/],
    [withTown(Buffer.concat([texts(['a']), Buffer.from([2, 0, 0, 0, 0xc3, 0x28])])), /its text 1 is not UTF-8/],
    [withTown(texts(['a', 'b', 'c'])), /needs 2 values, found 3/],
    [withArea({ bytes: Buffer.alloc(7) }), /7 bytes are no whole number of FP32/],
    [withArea({ bytes: Buffer.alloc(4) }), /needs 2 values, found 1/],
    [withArea({ datatype: 'BOOL', bytes: Buffer.alloc(2) }), /its datatype must be FP32, FP64, INT32 or INT64/],
    [withArea({ datatype: 'FP64', bytes: memory(Float64Array.of(1e300, 1)) }), /must be between/],
  ];

  for (const [tensors, said] of wrongs) {
    const { body, length } = request(tensors);
    const { status, json } = await ask(body, { ...octets, 'inference-header-content-length': length });
    assert.equal(status, 400, JSON.stringify(json));
    assert.match(json.error ?? '', said);
  }
  const trailing = request(good);
  const more = await ask(Buffer.concat([trailing.body, Buffer.from('x')]), {
    ...octets,
    'inference-header-content-length': trailing.length,
  });
  assert.match(more.json.error ?? '', /1 bytes follow the last tensor/);
  const { body, length } = request(good);
  assert.equal((await ask(body, { ...octets, 'inference-header-content-length': length })).status, 200);
});
