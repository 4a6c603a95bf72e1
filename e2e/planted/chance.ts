import { quoteText } from '@tidegate/runtime';

/** The column with the number of a row, from 0 on, that says which row is which; no part of a version. */
export const rowColumn = '#row';

/**
 * SQL: a number that looks like chance, the same for a seed and a row on every machine and in every version of the engine: the lower half of
 * their MD5 sum.
 */
export function chanceSql(seed: string, row = `"${rowColumn}"`): string {
  return `md5_number_lower(${quoteText(`${seed}:`)} || ${row})`;
}

/** The same as a number from 0 (included) to 1 (excluded). */
export function unitSql(seed: string, row: string): string {
  return `((${chanceSql(seed, row)} % 1000003)::DOUBLE / 1000003)`;
}
