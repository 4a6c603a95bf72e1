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
  if (made.kind !== 'made' || made.by.kind !== 'name' || made.by.name !== wrapper) return null;
  const state = made.state?.kind === 'dict' && made.state.isWhole ? made.state.entries : new Map<string, PickleValue>();
  const type = typeOf(state.get('dtype'));
  const sides = state.get('shape');
  // of tuples only: other containers may hold fewer items than were put into them
  if (type === null || sides?.kind !== 'sequence' || sides.of !== 'tuple')
    throw new MalformedPickle('an array of joblib has no readable shape or type', at);
  if (type.isObject) return { kind: 'pickle' };
  const count = sides.items.map(sideOf).reduce((product, side) => product * side, type.bytes);
  if (!Number.isSafeInteger(count)) throw new MalformedPickle('an array of joblib has no readable shape', at);
  const alignment = state.get('numpy_array_alignment_bytes') ?? { kind: 'constant', value: null };
  if (alignment.kind !== 'constant') throw new MalformedPickle('an array of joblib has no readable alignment', at);
  return { kind: 'bytes', count, isPadded: alignment.value !== null };
}

const wrapper = 'NumpyArrayWrapper';

/** Whether what is given to a call has the class by which joblib stands for arrays: by a call its objects would be made unseen. */
export function givesWrapper(from: PickleValue): boolean {
  if (from.kind === 'name') return from.name === wrapper;
  if (from.kind === 'sequence') return from.items.some(givesWrapper);
  return from.kind === 'dict' && [...from.entries.values()].some(givesWrapper);
}

function sideOf(side: PickleValue): number {
  const isCount = side.kind === 'constant' && typeof side.value === 'number' && Number.isSafeInteger(side.value) && side.value >= 0;
  return isCount ? Number(side.value) : Number.NaN;
}

/**
 * `numpy.dtype('f8', False, True)`; the state of a structured one says with its last flag whether it holds objects, and that of texts, bytes and structures
 * how many bytes one takes (numpy/_core/src/multiarray/descriptor.c, `arraydescr_setstate`, versions 3 and 4).
 */
function typeOf(value: PickleValue | undefined): { readonly bytes: number; readonly isObject: boolean } | null {
  if (value?.kind !== 'made' || value.from.kind !== 'sequence') return null;
  if (value.by.kind !== 'name' || value.by.module !== 'numpy' || value.by.name !== 'dtype') return null;
  const [code] = value.from.items;
  const [, letter = '', width = ''] = /^[<>=|]?([biufcOSUVmM])(\d+)$/.exec(code?.kind === 'constant' ? String(code.value) : '') ?? [];
  if (letter === '') return null;
  const bytes = Number(width) * (letter === 'U' ? 4 : 1);
  if (value.state === null) return { bytes, isObject: letter === 'O' };
  const items = value.state.kind === 'sequence' && value.state.of === 'tuple' ? value.state.items : [];
  const [version, , subarray, , , elements, , flags] = items.map((item) => (item.kind === 'constant' ? item.value : undefined));
  const isKnown = (version === 3 && items.length === 8) || (version === 4 && items.length === 9);
  if (!isKnown || subarray !== null || typeof elements !== 'number' || typeof flags !== 'number') return null;
  if ('SUV'.includes(letter) && elements !== bytes) return null;
  return { bytes, isObject: letter === 'O' || (flags & 1) === 1 };
}
