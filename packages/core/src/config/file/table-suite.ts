import { shape } from '@tidegate/formats';
import { path } from './path.ts';

const filled = { pattern: /\S/, wants: 'a text' } as const;
const column = shape.text(filled);
const one = shape.map(column, (name): readonly string[] => [name]);
const columns = (description: string): shape.Shape<readonly string[]> =>
  shape.described(
    shape.either(one, shape.list(column, { minimum: 1 }), (value) => (Array.isArray(value) ? 'second' : 'first')),
    description,
  );
const count = shape.number({ integer: true, minimum: 0 });

const rows = shape.object({
  same_as: shape.optional(
    shape.text({ ...filled, description: 'A dataset ("data.flights") or an output ("steps.clean/table") with as many rows.' }),
  ),
  at_least: shape.optional(shape.described(count, 'The fewest rows.')),
  at_most: shape.optional(shape.described(count, 'The most rows.')),
});

/** What `tests.NAME` has for a table instead of a command. */
export const tableSuite = {
  table: shape.optional(
    shape.text({
      ...filled,
      description: 'Instead of a command: the table to test, an output of a step ("steps.clean/table") or a dataset.',
    }),
  ),
  properties: shape.optional(
    shape.object(
      {
        rows: shape.optional(shape.described(rows, 'How many rows it has.')),
        unique: shape.optional(columns('Columns that together tell rows apart: one, or a list.')),
        not_null: shape.optional(columns('Columns that have a value in every row: one, or a list.')),
        never_after: shape.optional(
          shape.described(shape.record(column), 'Times or numbers that never lie after another column of the row: `known_at: decided_at`.'),
        ),
        never: shape.optional(
          shape.described(
            shape.record(shape.text(filled)),
            'By a name that says it, an SQL condition over the columns that holds for no row.',
          ),
        ),
        idempotent: shape.optional(
          path(
            'The input of the step for which its own output is put: with that, it makes the same rows again. Only for an output of a step.',
          ),
        ),
      },
      { description: 'What holds of the table.' },
    ),
  ),
} as const;
