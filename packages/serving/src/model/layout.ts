import type { TensorData, TensorKind } from './tensor.ts';

const bytesOfKind: Readonly<Record<TensorKind, number>> = { float64: 8, int64: 8, float32: 4, int32: 4, bool: 1, string: 0 };
/** Larger values first, so that every region is aligned without gaps. */
const order: readonly TensorKind[] = ['float64', 'int64', 'float32', 'int32', 'bool'];

/** Where the numbers of each tensor lie in one buffer; computed alike on both sides of a thread. Texts travel beside it. */
export interface Layout {
  /** Byte offset for each tensor; 0 for texts. */
  readonly offsets: readonly number[];
  readonly bytes: number;
}

export function layoutOf(tensors: readonly { readonly kind: TensorKind; readonly width: number }[], rows: number): Layout {
  const offsets = tensors.map(() => 0);
  let bytes = 0;
  for (const kind of order) {
    for (let index = 0; index < tensors.length; index++) {
      const tensor = tensors[index];
      if (tensor === undefined || tensor.kind !== kind) continue;
      offsets[index] = bytes;
      bytes += tensor.width * rows * bytesOfKind[kind];
    }
  }
  return { offsets, bytes };
}

/** A view of `length` values at a place of the buffer. Not for texts. */
export function viewOf(
  kind: Exclude<TensorKind, 'string'>,
  buffer: ArrayBuffer,
  at: { readonly offset: number; readonly length: number },
): Exclude<TensorData, readonly string[]> {
  switch (kind) {
    case 'float32':
      return new Float32Array(buffer, at.offset, at.length);
    case 'float64':
      return new Float64Array(buffer, at.offset, at.length);
    case 'int64':
      return new BigInt64Array(buffer, at.offset, at.length);
    case 'int32':
      return new Int32Array(buffer, at.offset, at.length);
    case 'bool':
      return new Uint8Array(buffer, at.offset, at.length);
  }
}
