import { numberSql } from '../sql-literal.ts';

/** Bounds that both belong to the range; null where it has none. */
export interface Range {
  readonly min: number | null;
  readonly max: number | null;
}

/** `2 to 5`, `at least 2`, `at most 5`. */
export function rangeInWords({ min, max }: Range): string {
  if (min !== null && max !== null) return min === max ? `exactly ${min}` : `${min} to ${max}`;
  return min === null ? `at most ${max ?? ''}` : `at least ${min}`;
}

/** SQL that is true outside of the range, or with `strictly` also on its bounds. */
export function rangeSql(sql: string, { min, max }: Range, strictly = false): string {
  const parts = [
    ...(min === null ? [] : [`${sql} ${strictly ? '<=' : '<'} ${numberSql(min)}`]),
    ...(max === null ? [] : [`${sql} ${strictly ? '>=' : '>'} ${numberSql(max)}`]),
  ];
  return `(${parts.join(' OR ')})`;
}
