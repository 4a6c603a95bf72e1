import { failure } from '@tidegate/formats';
import { nameOf } from '../http/json-body.ts';
import type { InputTensor } from '../model/tensor.ts';

/**
 * The values of a tensor row by row: `data` flat, or nested as its shape says. Values are not checked, their number is.
 * @throws TG-SERVING-BODY, TG-SERVING-SHAPE
 */
export function flatData(data: unknown, input: InputTensor, rows: number): readonly Leaf[] {
  if (!Array.isArray(data))
    throw failure(
      'TG-SERVING-BODY',
      `Cannot use the input "${input.name}": its data must be a list, found ${nameOf(data)}`,
      'Send the values as a list',
    );
  const flat: readonly Leaf[] = Array.isArray(data[0]) ? flattened(data, input) : data;
  const wanted = rows * input.width;
  if (flat.length === wanted) return flat;
  const message = `Cannot use the input "${input.name}": its shape [${[rows, ...input.shape].join(', ')}] needs ${wanted} values, found ${flat.length}`;
  throw failure('TG-SERVING-SHAPE', message, 'Send as many values as the shape says');
}

/** What may stand at the bottom of a list: anything that is not checked yet. */
export type Leaf = null | boolean | number | string;

function flattened(data: readonly unknown[], { name, shape }: InputTensor): readonly Leaf[] {
  let lists: readonly unknown[] = data;
  for (const size of shape) {
    const ragged = lists.findIndex((list) => !Array.isArray(list) || list.length !== size);
    if (ragged >= 0) {
      const found = lists[ragged];
      const what = Array.isArray(found) ? `a list of ${found.length}` : nameOf(found);
      throw failure(
        'TG-SERVING-SHAPE',
        `Cannot use the input "${name}": its data must be lists of ${size} in the shape, found ${what}`,
        'Nest the data as the shape says, or send it flat',
      );
    }
    lists = lists.flat();
  }
  return lists as readonly Leaf[];
}
