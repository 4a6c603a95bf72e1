import { quoteName } from '@tidegate/runtime';

/** SQL: the number in a column, NULL where it has none or no finite one. */
export function finiteSql(column: string): string {
  const value = `CAST(${quoteName(column)} AS DOUBLE)`;
  return `CASE WHEN isfinite(${value}) THEN ${value} END`;
}
