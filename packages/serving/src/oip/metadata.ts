import type { InputTensor, OutputTensor } from '../model/tensor.ts';
import { datatypeOf } from './datatype.ts';

export interface ModelIdentity {
  readonly name: string;
  /** The version's short digest; the protocol wants a text. */
  readonly version: string;
  /** `onnxruntime_onnx`, as Triton calls it; `python_pickle` and `python_function` are our own. */
  readonly platform: string;
}

/** `GET /v2`: the extensions are named as Triton names them. */
export function serverMetadata(version: string): string {
  return JSON.stringify({ name: 'tidegate', version, extensions: ['binary_tensor_data'] });
}

/** `GET /v2/models/NAME`; -1 is a dimension of any size. */
export function modelMetadata(
  { name, version, platform }: ModelIdentity,
  inputs: readonly InputTensor[],
  outputs: readonly OutputTensor[],
): string {
  return JSON.stringify({ name, versions: [version], platform, inputs: inputs.map(tensorMetadata), outputs: outputs.map(tensorMetadata) });
}

function tensorMetadata({ name, kind, shape }: InputTensor | OutputTensor): object {
  return { name, datatype: datatypeOf[kind], shape: [-1, ...shape] };
}
