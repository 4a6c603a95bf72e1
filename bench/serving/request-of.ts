import type { Signature } from '@tidegate/formats';

/** A request of the Open Inference Protocol for one row. */
export function requestOf({ inputs }: Signature, row: { readonly [input: string]: unknown }): string {
  const tensors = inputs.map(({ name, type }) => ({
    name,
    shape: [1, 1],
    datatype: type === 'string' ? 'BYTES' : 'FP32',
    data: [row[name] ?? null],
  }));
  return JSON.stringify({ inputs: tensors });
}
