import type { Digest, TableGroup, TableRecord } from '@tidegate/formats';
import type { ObjectStore } from '../../../store/index.ts';
import { groupsIn, recordOf } from './record-of-groups.ts';

/** Some groups of a table as a table of their own, which the next one can be stored upon; null for none. */
export async function putGroups(
  store: Pick<ObjectStore, 'putJson'>,
  table: TableRecord,
  groups: readonly TableGroup[],
): Promise<Digest | null> {
  if (groups.length === 0) return null;
  return (await store.putJson(recordOf(table, groupsIn({ ...table, groups })))).digest;
}
