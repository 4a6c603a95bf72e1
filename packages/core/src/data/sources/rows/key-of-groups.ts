import type { ReadRequest } from '../source.ts';

/** The key by which groups are wanted of rows that have this one; null = they are not. */
export function keyOfGroups({ groups }: Pick<ReadRequest, 'groups'>, key: readonly string[]): readonly string[] | null {
  if (groups === undefined || groups === null) return null;
  return groups.key.length > 0 ? groups.key : key;
}
