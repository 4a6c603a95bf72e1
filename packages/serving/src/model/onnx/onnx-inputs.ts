import { failure } from '@tidegate/formats';
import { type InputTensor, widthOf } from '../tensor.ts';
import type { DeclaredTensor } from './onnx-model.ts';

/** The inputs with every size known, and whether the model takes one row at a time only. */
export interface OnnxInputs {
  readonly inputs: readonly InputTensor[];
  readonly oneRow: boolean;
}

/**
 * Settles the sizes of the inputs.
 * @param columns columns of the signature: the width of a lone input that leaves its own open.
 * @throws TG-SERVING-MODEL-INPUTS when a size stays open, or the rows are fixed to another number than 1.
 */
export function settleInputs(declared: readonly DeclaredTensor[], columns: number): OnnxInputs {
  const inputs = declared.map((input) => settle(input, declared.length === 1 ? columns : null));
  return { inputs, oneRow: declared.some((input) => input.dimensions[0] === 1) };
}

function settle(input: DeclaredTensor, columns: number | null): InputTensor {
  const [rows, ...rest] = input.dimensions;
  if (rows === undefined) throw unfit(input, 'it is a single value without rows', 'Export it with the shape [N, 1]');
  if (rows !== null && rows !== 1) throw unfit(input, `its rows are fixed to ${rows}`, 'Export it with a dynamic first dimension');
  const shape = rest.map((size) => {
    if (size !== null) return size;
    if (columns === null || rest.length > 1)
      throw unfit(input, 'the size of a row is left open', 'Export it with a fixed size of every dimension but the first');
    return columns;
  });
  return { name: input.name, kind: input.kind, shape, width: widthOf(shape), nullable: nullableKinds.has(input.kind) };
}

const nullableKinds: ReadonlySet<string> = new Set(['float32', 'float64', 'string']);

function unfit(input: DeclaredTensor, found: string, hint: string): Error {
  return failure('TG-SERVING-MODEL-INPUTS', `Cannot use the input "${input.name}" of the model: ${found}`, hint);
}
