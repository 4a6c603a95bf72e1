import { shape } from '@tidegate/formats';
import { path } from './path.ts';

const filled = { pattern: /\S/, wants: 'a text' } as const;
const column = shape.text(filled);
const one = shape.map(column, (name): readonly string[] => [name]);

/** What `tests.NAME` has for golden rows of a step instead of a command. */
export const goldenSuite = {
  golden: shape.optional(
    shape.text({
      ...filled,
      description: 'Instead of a command: the output of a step ("steps.clean/table") whose rows must be those that are expected.',
    }),
  ),
  given: shape.optional(
    shape.described(
      shape.record(path('The small file, or folder, that is put there.')),
      'By the path that the step reads, what is put there instead: `data/houses.csv: tests/golden/houses.csv`.',
      {},
    ),
  ),
  expect: shape.optional(path('The file with the rows that are expected: CSV, TSV, Parquet or JSON.')),
  key: shape.optional(
    shape.described(
      shape.either(one, shape.list(column, { minimum: 1 }), (value) => (Array.isArray(value) ? 'second' : 'first')),
      'Columns that together tell rows apart: one, or a list. Without them whole rows are looked for.',
    ),
  ),
  tolerance: shape.optional(
    shape.described(
      shape.number({ minimum: 0 }),
      'How far a number may be from the expected one, as a share of the larger of both (of 1 where both are smaller).',
      0,
    ),
  ),
} as const;
