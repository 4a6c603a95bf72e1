import type { PickleValue } from './pickle-machine.ts';
import { MalformedPickle } from './pickle-reader.ts';

/** How many bytes of an array follow an object of joblib's that stands for it; `pickle` when its items are pickled there. */
export type ArrayBytes = { readonly kind: 'bytes'; readonly count: number; readonly isPadded: boolean } | { readonly kind: 'pickle' };

/**
 * joblib writes arrays between the opcodes: after the state of a `NumpyArrayWrapper` come its bytes, after one byte that says how much
 * padding, where the wrapper names an alignment (joblib/numpy_pickle.py, `NumpyArrayWrapper.read_array`).
 *
 * @returns null when the object is none
 * @throws MalformedPickle when shape or type of the array cannot be told
 */
export function arrayBehind(made: PickleValue, at: number): ArrayBytes | null {
  if (made.kind !== 'made' || made.by.kind !== 'name' || made.by.name !== 'NumpyArrayWrapper') return null;
  const state = made.state?.kind === 'dict' ? made.state.entries : new Map<string, PickleValue>();
  const type = typeOf(state.get('dtype'));
  const shape = state.get('shape');
  if (type === null || shape?.kind !== 'sequence') throw new MalformedPickle('an array of joblib has no readable shape or type', at);
  if (type.isObject) return { kind: 'pickle' };
  const sides = shape.items.map((side) => (side.kind === 'constant' ? Number(side.value) : Number.NaN));
  const count = sides.reduce((product, side) => product * side, type.bytes);
  if (!Number.isSafeInteger(count) || count < 0) throw new MalformedPickle('an array of joblib has no readable shape', at);
  const alignment = state.get('numpy_array_alignment_bytes');
  return { kind: 'bytes', count, isPadded: alignment?.kind === 'constant' && alignment.value !== null };
}

/** `numpy.dtype('f8', False, True)`; the state of a structured one says with its last flag whether it holds objects. */
function typeOf(value: PickleValue | undefined): { readonly bytes: number; readonly isObject: boolean } | null {
  if (value?.kind !== 'made' || value.from.kind !== 'sequence') return null;
  const [code] = value.from.items;
  const [, letter = '', width = ''] = /^[<>=|]?([a-zA-Z?])(\d+)$/.exec(code?.kind === 'constant' ? String(code.value) : '') ?? [];
  if (letter === '') return null;
  const flags = value.state?.kind === 'sequence' ? value.state.items[7] : undefined;
  const hasObjects = flags?.kind === 'constant' && (Number(flags.value) & 1) === 1;
  return { bytes: Number(width) * (letter === 'U' ? 4 : 1), isObject: letter === 'O' || hasObjects };
}
