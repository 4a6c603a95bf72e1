import { failure, invariant } from '@tidegate/formats';
import type { Tensor } from 'onnxruntime-node';
import { layoutOf, viewOf } from '../layout.ts';
import type { Packed } from '../pack.ts';
import { type InputTensor, type TensorData, type TensorKind, widthOf } from '../tensor.ts';
import type { OnnxInputs } from './onnx-inputs.ts';
import { type OnnxModel, onnxMessage } from './onnx-model.ts';
import { copyNumbers, isTensorKind, makeTensor, rowsOf, textsOf } from './onnx-tensor.ts';

/** The outputs of a run as one message: numbers in one buffer laid out as by {@link layoutOf}, texts as lists beside it. */
export interface PackedOutputs {
  readonly outputs: readonly PackedOutput[];
  readonly buffer: ArrayBuffer;
  readonly texts: readonly (readonly string[])[];
  readonly inferenceMs: number;
}

export interface PackedOutput {
  readonly name: string;
  readonly kind: TensorKind;
  readonly shape: readonly number[];
  readonly width: number;
}

/** Runs the packed rows. @throws TG-SERVING-PREDICTION when the model refuses the values, TG-SERVING-MODEL-OUTPUTS */
export async function runOnnx(model: OnnxModel, { inputs, oneRow }: OnnxInputs, packed: Packed): Promise<PackedOutputs> {
  const data = unpack(inputs, packed);
  const started = performance.now();
  const runs: (readonly Tensor[])[] = [];
  if (oneRow)
    for (let row = 0; row < packed.rows; row++) runs.push(await runRows(model, inputs, { data: dataOfRow(inputs, data, row), rows: 1 }));
  else runs.push(await runRows(model, inputs, { data, rows: packed.rows }));
  return packOutputs(model.session.outputNames, runs, { rows: packed.rows, inferenceMs: performance.now() - started });
}

function unpack(inputs: readonly InputTensor[], packed: Packed): readonly TensorData[] {
  const { offsets } = layoutOf(inputs, packed.rows);
  let texts = 0;
  return inputs.map(({ kind, width }, index) =>
    kind === 'string'
      ? (packed.texts[texts++] ?? [])
      : viewOf(kind, packed.buffer, { offset: offsets[index] ?? 0, length: packed.rows * width }),
  );
}

function dataOfRow(inputs: readonly InputTensor[], data: readonly TensorData[], row: number): readonly TensorData[] {
  return data.map((values, index) => rowsOf(values, inputs[index]?.width ?? 1, { from: row, to: row + 1 }));
}

interface Rows {
  readonly data: readonly TensorData[];
  readonly rows: number;
}

async function runRows({ runtime, session }: OnnxModel, inputs: readonly InputTensor[], { data, rows }: Rows): Promise<readonly Tensor[]> {
  const feeds: Record<string, Tensor> = {};
  inputs.forEach((input, index) => {
    feeds[input.name] = makeTensor(runtime, data[index] ?? [], [rows, ...input.shape]);
  });
  const fetched = await session.run(feeds).catch((error: unknown) => {
    throw failure('TG-SERVING-PREDICTION', `Cannot predict: the model says "${onnxMessage(error)}"`, null, error);
  });
  return session.outputNames.map((name) => {
    const tensor = fetched[name];
    invariant(tensor !== undefined, `ONNX Runtime gives the output "${name}"`);
    return withRows(tensor, name, rows);
  });
}

function withRows(tensor: Tensor, name: string, rows: number): Tensor {
  if (tensor.dims[0] === rows) return tensor;
  const found = `its output "${name}" has the shape [${tensor.dims.join(', ')}] for ${rows} ${rows === 1 ? 'row' : 'rows'}`;
  const hint = 'Export it so that the first dimension of each output is the rows';
  throw failure('TG-SERVING-MODEL-OUTPUTS', `Cannot read the answer of the model: ${found}`, hint);
}

/** Copies, because memory of ONNX Runtime cannot be handed to another thread. */
function packOutputs(
  names: readonly string[],
  runs: readonly (readonly Tensor[])[],
  { rows, inferenceMs }: { readonly rows: number; readonly inferenceMs: number },
): PackedOutputs {
  const outputs = names.map((name, index) => describe(name, runs[0]?.[index]));
  const { offsets, bytes } = layoutOf(outputs, rows);
  const buffer = new ArrayBuffer(bytes);
  const texts: (readonly string[])[] = [];
  outputs.forEach(({ kind, width }, index) => {
    const parts = runs.flatMap((run) => run[index] ?? []);
    if (kind === 'string') texts.push(textsOf(parts));
    else copyNumbers(viewOf(kind, buffer, { offset: offsets[index] ?? 0, length: rows * width }), parts);
  });
  return { outputs, buffer, texts, inferenceMs };
}

function describe(name: string, tensor: Tensor | undefined): PackedOutput {
  const type = tensor?.type ?? 'none';
  invariant(isTensorKind(type), `the output "${name}" has the declared type, not "${type}"`);
  const shape = tensor?.dims.slice(1) ?? [];
  return { name, kind: type, shape, width: widthOf(shape) };
}
