import { shape } from '@tidegate/formats';
import { share } from './quantity.ts';

const column = shape.text({ pattern: /\S/, wants: 'a text' });
const one = shape.map(column, (name): readonly string[] => [name]);

/** What `tests.NAME` has for a run of the whole path on a sample, instead of a command. */
export const sampleSuite = {
  sample: shape.optional(share('Instead of a command: the share of entities on which the whole path is run, such as "1%".')),
  by: shape.optional(
    shape.described(
      shape.either(one, shape.list(column, { minimum: 1 }), (value) => (Array.isArray(value) ? 'second' : 'first')),
      'Columns that tell entities apart: each dataset is sampled by the first of them that it has, and taken whole when it has none.',
    ),
  ),
  steps: shape.optional(shape.described(shape.oneOf(['all']), 'Which steps are run on the sample.', 'all')),
} as const;
