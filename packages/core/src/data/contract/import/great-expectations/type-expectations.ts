import type { LogicalType } from '@tidegate/formats';
import { notTaken, propertyOf, type Taken } from '../foreign-rules.ts';
import { textIn, textsIn } from '../read-arguments.ts';
import { logicalTypeOf } from '../type-names.ts';
import type { Expectation } from './expectation.ts';

/** Types are taken by what they mean: `int64` and `BIGINT` are both whole numbers. */
export const typeExpectations: { readonly [type: string]: (expectation: Expectation, column: string) => readonly Taken[] } = {
  expect_column_values_to_be_of_type: ({ kwargs }, column) => typed(column, [textIn(kwargs, 'type_')]),
  expect_column_type_to_be: ({ kwargs }, column) => typed(column, [textIn(kwargs, 'type_') ?? textIn(kwargs, 'column_type')]),
  expect_column_values_to_be_in_type_list: ({ kwargs }, column) => typed(column, textsIn(kwargs, 'type_list') ?? []),
};

function typed(column: string, names: readonly (string | null)[]): readonly Taken[] {
  const types = names.map((name) => (name === null ? null : logicalTypeOf(name)));
  const known = new Set(types.filter((type): type is LogicalType => type !== null));
  if (known.size === 0) return [notTaken(column, `the type is no type of the standard: ${names.map(String).join(', ')}`)];
  const [only] = known;
  if (known.size === 1 && only !== undefined) return [propertyOf(column, { logicalType: only })];
  if ([...known].every((type) => type === 'integer' || type === 'number')) return [propertyOf(column, { logicalType: 'number' })];
  return [notTaken(column, `the standard has one type for a column, not one of ${[...known].join(', ')}`)];
}
