import { type Json, shape } from '@tidegate/formats';

const cells = shape.map(shape.record(shape.anything()), (row, report) => {
  for (const [column, value] of Object.entries(row))
    if (typeof value === 'object' && value !== null)
      report(`The value of "${column}" must be a number, a text, true, false or nothing: found ${shape.describe(value)}`);
  return row as { readonly [column: string]: Cell };
});

type Cell = null | boolean | number | string;
export type CaseRow = { readonly [column: string]: Cell };

const rows = shape.list(cells);

const featureCase = shape.object({
  name: shape.optional(shape.text({ description: 'What is tested, as a sentence.' })),
  view: shape.optional(shape.text({ description: 'The view to compute.' })),
  service: shape.optional(shape.text({ description: 'The feature service whose rows to join.' })),
  given: shape.required(shape.record(rows)),
  at: shape.optional(shape.text({ description: 'Only for a view: the newest row of each entity that is known by then.' })),
  expect: shape.required(rows),
});

/** One case: rows of datasets in, rows of a view or of a service out. */
export type FeatureCase = shape.TypeOf<typeof featureCase>;

/** A file of cases: docs/reference/features.md, "Tests". */
export const caseFile: shape.Shape<readonly FeatureCase[]> = shape.either(
  shape.list(featureCase),
  shape.map(featureCase, (one) => [one]),
  (value: unknown) => (Array.isArray(value) ? 'first' : 'second'),
);

/** Path of a case in its file's value, for places of mistakes. */
export function pathOfCase(value: Json, index: number): shape.Path {
  return Array.isArray(value) ? [index] : [];
}
