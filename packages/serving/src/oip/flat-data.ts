import { nameOf } from '../http/json-body.ts';
import type { Mistake, Mistakes } from '../http/mistakes.ts';
import type { InputTensor } from '../model/tensor.ts';

/** The values of a tensor row by row, not checked, and where each of them stands in its data. */
export interface FlatData {
  readonly values: readonly Leaf[];
  /** The path of a value below `data`: `[7]` of a flat list, `[7][0]` of lists in a list. */
  readonly placeOf: (index: number) => string;
}

/** What may stand at the bottom of a list: anything that is not checked yet. */
export type Leaf = null | boolean | number | string;

/** Reads `data` flat, or nested as its shape says; null when it is neither, which is a mistake (TG-SERVING-BODY, TG-SERVING-SHAPE). */
export function flatData(
  data: unknown,
  input: InputTensor,
  { at, mistakes }: { readonly at: string; readonly mistakes: Mistakes },
): FlatData | null {
  if (!Array.isArray(data)) {
    const message = `Cannot use the input "${input.name}": its data must be a list, found ${nameOf(data)}`;
    mistakes.add(() => ({ at, code: 'TG-SERVING-BODY', message, hint: 'Send the values as a list' }));
    return null;
  }
  if (!Array.isArray(data[0])) return { values: data, placeOf: (index) => `[${index}]` };
  return flattened(data, input, { at, mistakes });
}

function flattened(
  data: readonly unknown[],
  { name, shape }: InputTensor,
  { at, mistakes }: { readonly at: string; readonly mistakes: Mistakes },
): FlatData | null {
  let lists = data;
  for (const [level, size] of shape.entries()) {
    const sizes = shape.slice(0, level);
    const ragged = [...lists.keys()].filter((index) => !isListOf(lists[index], size));
    for (const index of ragged) mistakes.add(() => raggedMistake(lists[index], `${at}${placeIn(index, sizes)}`, { name, size }));
    if (ragged.length > 0) return null;
    lists = lists.flat();
  }
  return { values: lists as readonly Leaf[], placeOf: (index) => placeIn(index, shape) };
}

function isListOf(list: unknown, size: number): boolean {
  return Array.isArray(list) && list.length === size;
}

/** @param sizes lengths of the lists below the outermost, from the outside in */
function placeIn(index: number, sizes: readonly number[]): string {
  let [place, rest] = ['', index];
  for (const size of sizes.toReversed()) {
    place = `[${rest % size}]${place}`;
    rest = Math.floor(rest / size);
  }
  return `[${rest}]${place}`;
}

function raggedMistake(found: unknown, at: string, { name, size }: { readonly name: string; readonly size: number }): Mistake {
  const what = Array.isArray(found) ? `a list of ${found.length}` : nameOf(found);
  const message = `Cannot use the input "${name}": its data must be lists of ${size} in the shape, found ${what}`;
  return { at, code: 'TG-SERVING-SHAPE', message, hint: 'Nest the data as the shape says, or send it flat' };
}
