import { quoteName } from '@tidegate/runtime';

/** Columns that a slice of an evaluation is cut by: one, or for `origin * carrier` those that are crossed. */
export function sliceColumns(slice: string): readonly string[] {
  return slice.split(' * ');
}

/** SQL: the value of a slice in a row of a table called `t`, as text. */
export function sliceValueSql(slice: string): string {
  const values = sliceColumns(slice).map((column) => `coalesce(CAST(t.${quoteName(column)} AS VARCHAR), '(missing)')`);
  return values.join(" || ' * ' || ");
}
