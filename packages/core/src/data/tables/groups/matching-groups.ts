import type { TableGroup, TableRecord } from '@tidegate/formats';

/** Groups of one partition, or all of a table that has none, in their order. */
export interface PartitionGroups {
  /** Empty without partitions. */
  readonly partition: string;
  readonly groups: readonly TableGroup[];
}

export function groupsByPartition({ groups, partition }: TableRecord): readonly PartitionGroups[] {
  const all = new Map<string, TableGroup[]>();
  for (const group of groups) {
    const own = partition === null ? '' : (group.from[0] ?? '');
    const known = all.get(own);
    if (known === undefined) all.set(own, [group]);
    else known.push(group);
  }
  return [...all].map(([name, own]) => ({ partition: name, groups: own }));
}

/** Where a group of a partition begins. The first one has all rows before the second, whatever row it is called by: those that came later as well. */
export function startOf(group: TableGroup, at: number): string {
  return at === 0 ? '' : JSON.stringify(group.from);
}

/** Each group by where it begins and where it ends: rows of one key are in groups of the same span, if they are in such groups at all. */
export function spans(record: TableRecord): ReadonlyMap<string, TableGroup> {
  return new Map(
    groupsByPartition(record).flatMap(({ partition, groups }) =>
      groups.map((group, at) => [JSON.stringify([partition, startOf(group, at), groups[at + 1]?.from ?? null]), group] as const),
    ),
  );
}

/** Whether two groups in the same columns have the same rows, be it by other files. @param haveSameRule whether their sums were made by one rule */
export function hasSameRows(one: TableGroup, other: TableGroup, haveSameRule: boolean): boolean {
  const files = ({ layers }: TableGroup): string => layers.map(({ digest }) => digest).join();
  return files(one) === files(other) || (haveSameRule && one.rows === other.rows && one.sum === other.sum);
}
