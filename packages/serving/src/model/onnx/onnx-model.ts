import { readFile } from 'node:fs/promises';
import { failure } from '@tidegate/formats';
import type { InferenceSession } from 'onnxruntime-node';
import type { TensorKind } from '../tensor.ts';
import { classesOfOnnx } from './onnx-classes.ts';
import { loadOnnxRuntime, type OnnxRuntime } from './onnx-runtime.ts';
import { isTensorKind } from './onnx-tensor.ts';

/** An input or output as the file declares it; null = any size. The first dimension is the rows. */
export interface DeclaredTensor {
  readonly name: string;
  readonly kind: TensorKind;
  readonly dimensions: readonly (number | null)[];
}

export interface OnnxModel {
  readonly runtime: OnnxRuntime;
  readonly session: InferenceSession;
  readonly inputs: readonly DeclaredTensor[];
  readonly outputs: readonly DeclaredTensor[];
  readonly classes: readonly string[] | null;
}

/**
 * Opens a model file in this thread.
 * @param threads threads within one run. One is right for small models and for measuring.
 * @throws TG-SERVING-MODEL when it is no ONNX model; TG-SERVING-MODEL-INPUTS, -OUTPUTS when it takes or gives what is not a tensor of rows.
 */
export async function openOnnxModel(file: string, threads: number): Promise<OnnxModel> {
  const runtime = await loadOnnxRuntime();
  const session = await openSession(runtime, file, threads);
  const inputs = session.inputMetadata.map((metadata) => declared(metadata, 'TG-SERVING-MODEL-INPUTS'));
  const outputs = session.outputMetadata.map((metadata) => declared(metadata, 'TG-SERVING-MODEL-OUTPUTS'));
  return { runtime, session, inputs, outputs, classes: await readClasses(file, outputs) };
}

async function openSession(runtime: OnnxRuntime, file: string, threads: number): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(file, { intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 3 });
  } catch (error) {
    throw failure(
      'TG-SERVING-MODEL',
      `Cannot load the model "${file}": ${onnxMessage(error)}`,
      'Check that the file is an ONNX model',
      error,
    );
  }
}

/** The first line of what ONNX Runtime says, without places in its own source. */
export function onnxMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? '')
    .replace(/\S*onnxruntime\S*\.(cc|h):\d+ /g, '')
    .replace(/[.\s]+$/, '')
    .slice(0, 400);
}

function declared(metadata: InferenceSession.ValueMetadata, code: 'TG-SERVING-MODEL-INPUTS' | 'TG-SERVING-MODEL-OUTPUTS'): DeclaredTensor {
  const part = code === 'TG-SERVING-MODEL-INPUTS' ? 'input' : 'output';
  if (!metadata.isTensor)
    throw failure(
      code,
      `Cannot use the model: its ${part} "${metadata.name}" is not a tensor`,
      'Convert it with options={id(model): {"zipmap": False}}',
    );
  const { name, type, shape } = metadata;
  if (!isTensorKind(type))
    throw failure(
      code,
      `Cannot use the model: its ${part} "${name}" has the type "${type}"`,
      'Export it as float, double, int64, int32, bool or string',
    );
  return { name, kind: type, dimensions: shape.map((size) => (typeof size === 'number' ? size : null)) };
}

/** Only a model with a label output is a classifier that can name its classes. */
async function readClasses(file: string, outputs: readonly DeclaredTensor[]): Promise<readonly string[] | null> {
  if (!outputs.some(isLabel)) return null;
  const count = outputs.find((output) => output.kind.startsWith('float') && output.dimensions.length === 2)?.dimensions[1] ?? null;
  return classesOfOnnx(await readFile(file), count);
}

/** Whether an output holds the predicted class itself rather than a number about it. */
export function isLabel(output: { readonly kind: TensorKind }): boolean {
  return output.kind === 'int64' || output.kind === 'int32' || output.kind === 'string' || output.kind === 'bool';
}
