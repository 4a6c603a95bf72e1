import type { ShownColumn } from './check.ts';

/** SQL of several columns taken together. */
export interface Tuple {
  readonly list: string;
  /** One value of all of them. */
  readonly one: string;
  /** True where none of them is NULL. */
  readonly present: string;
}

export function tuple(columns: readonly ShownColumn[]): Tuple {
  const list = columns.map(({ sql }) => sql).join(', ');
  return { list, one: columns.length === 1 ? list : `row(${list})`, present: columns.map(({ sql }) => `${sql} IS NOT NULL`).join(' AND ') };
}
