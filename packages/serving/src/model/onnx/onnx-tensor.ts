import type { Tensor } from 'onnxruntime-node';
import type { TensorData, TensorKind } from '../tensor.ts';
import type { OnnxRuntime } from './onnx-runtime.ts';

const kinds: ReadonlySet<string> = new Set<TensorKind>(['float32', 'float64', 'int64', 'int32', 'bool', 'string']);

/** Whether ONNX Runtime's name of a type is one that we carry. */
export function isTensorKind(type: string): type is TensorKind {
  return kinds.has(type);
}

/** A tensor over the data, without a copy where ONNX Runtime allows it. */
export function makeTensor(runtime: OnnxRuntime, data: TensorData, dimensions: readonly number[]): Tensor {
  if (data instanceof Float32Array) return new runtime.Tensor('float32', data, dimensions);
  if (data instanceof Float64Array) return new runtime.Tensor('float64', data, dimensions);
  if (data instanceof BigInt64Array) return new runtime.Tensor('int64', data, dimensions);
  if (data instanceof Int32Array) return new runtime.Tensor('int32', data, dimensions);
  if (data instanceof Uint8Array) return new runtime.Tensor('bool', data, dimensions);
  return new runtime.Tensor('string', data, dimensions);
}

/** The rows `from` to `to` of row-major data with `width` values a row; a view where the data has one. */
export function rowsOf(data: TensorData, width: number, { from, to }: { readonly from: number; readonly to: number }): TensorData {
  return 'subarray' in data ? data.subarray(from * width, to * width) : data.slice(from * width, to * width);
}

/** Copies the numbers of several tensors of one kind one after another. */
export function copyNumbers(view: Exclude<TensorData, readonly string[]>, parts: readonly Tensor[]): void {
  let at = 0;
  for (const { data } of parts) {
    if (view instanceof BigInt64Array) {
      if (data instanceof BigInt64Array) view.set(data, at);
    } else if (data instanceof Float32Array || data instanceof Float64Array || data instanceof Int32Array || data instanceof Uint8Array) {
      view.set(data, at);
    }
    at += data.length;
  }
}

/** The texts of several text tensors one after another. */
export function textsOf(parts: readonly Tensor[]): readonly string[] {
  const texts: string[] = [];
  for (const { data } of parts) if (Array.isArray(data)) for (const text of data) texts.push(String(text));
  return texts;
}
