import type { TableGroup, TableRecord } from '@tidegate/formats';
import { groupsByPartition, hasSameRows, spans, startOf } from '../tables/groups/matching-groups.ts';
import { groupsIn, type NamedGroup } from '../tables/groups/record-of-groups.ts';
import { orderTerms, saysPartition } from '../tables/rows/row-order.ts';

/** The records of what is merged; `base` is null when there is none. */
export interface TablesToMerge {
  readonly base: TableRecord | null;
  readonly ours: TableRecord;
  readonly theirs: TableRecord;
}

/** Groups of each version whose rows are merged with one another, and with no others. */
export interface GroupsToMerge {
  readonly base: readonly TableGroup[];
  readonly ours: readonly TableGroup[];
  readonly theirs: readonly TableGroup[];
}

export interface DividedGroups {
  /** Groups that go on as they are, in no order. */
  readonly taken: readonly NamedGroup[];
  readonly merged: readonly GroupsToMerge[];
}

/**
 * Divides the groups of three versions by what must be read of them: where only one side has changed anything, its groups are taken, and no row of them is read. That goes
 * for rows that have a key which says where they lie. Of others a group is taken that no side has changed.
 */
export function divideGroups(tables: TablesToMerge, isOursFirst: boolean): DividedGroups {
  const { base, ours, theirs } = tables;
  const all = [ours, theirs, ...(base === null ? [] : [base])];
  const isOne = (of: (record: TableRecord) => unknown): boolean => new Set(all.map((record) => JSON.stringify(of(record)))).size === 1;
  const haveSameColumns = isOne(({ columns }) => columns);
  const isOneOrder = isOne(({ partition }) => partition) && isOne((record) => orderTerms(record, record.columns).map(({ type }) => type));
  if (!isOneOrder || ours.key.length === 0 || !saysPartition(ours)) return divideShared(tables, haveSameColumns && isOneOrder);
  const rule = isOne(({ sumRule }) => sumRule);
  const same = (some: readonly TableGroup[], others: readonly TableGroup[]): boolean =>
    some.length === others.length && some.every((group, at) => others[at] !== undefined && hasSameRows(group, others[at], rule));
  const named = namedGroups(tables);
  const taken: NamedGroup[] = [];
  const merged: GroupsToMerge[] = [];
  for (const segment of segmentsOf(tables)) {
    const side = haveSameColumns ? sideOf(segment, same, isOursFirst) : null;
    if (side === null) merged.push(segment);
    else taken.push(...named(side, segment[side]));
  }
  return { taken, merged };
}

/** Whose groups are taken; null where rows have to be merged. Whoever merges the two takes the same. */
function sideOf(
  { base, ours, theirs }: GroupsToMerge,
  same: (some: readonly TableGroup[], others: readonly TableGroup[]) => boolean,
  isOursFirst: boolean,
): keyof GroupsToMerge | null {
  const [isOurs, isTheirs] = [!same(ours, base), !same(theirs, base)];
  if (!isOurs && !isTheirs) return 'base';
  if (!isTheirs) return 'ours';
  if (!isOurs) return 'theirs';
  if (!same(ours, theirs)) return null;
  return isOursFirst ? 'ours' : 'theirs';
}

/** Pieces of the tables that begin at the same rows in all versions that have rows of the partition. */
function segmentsOf({ base, ours, theirs }: TablesToMerge): readonly GroupsToMerge[] {
  const sides = { base: base === null ? [] : groupsByPartition(base), ours: groupsByPartition(ours), theirs: groupsByPartition(theirs) };
  const own = (side: keyof GroupsToMerge): ReadonlyMap<string, readonly TableGroup[]> =>
    new Map(sides[side].map(({ partition, groups }) => [partition, groups]));
  const [olds, owns, others] = [own('base'), own('ours'), own('theirs')];
  return [...new Set([...olds.keys(), ...owns.keys(), ...others.keys()])].flatMap((partition) =>
    segmentsIn({ base: olds.get(partition) ?? [], ours: owns.get(partition) ?? [], theirs: others.get(partition) ?? [] }),
  );
}

function segmentsIn(all: GroupsToMerge): readonly GroupsToMerge[] {
  const starts = (groups: readonly TableGroup[]): ReadonlySet<string> => new Set(groups.map(startOf));
  const [first = new Set<string>(), ...rest] = [all.base, all.ours, all.theirs].filter(({ length }) => length > 0).map(starts);
  const common = new Set([...first].filter((start) => rest.every((one) => one.has(start))));
  const segments = new Map<string, { readonly base: TableGroup[]; readonly ours: TableGroup[]; readonly theirs: TableGroup[] }>(
    [...common].map((start) => [start, { base: [], ours: [], theirs: [] }]),
  );
  for (const side of ['base', 'ours', 'theirs'] as const) {
    let segment = '';
    for (const [at, group] of all[side].entries()) {
      const start = startOf(group, at);
      if (common.has(start)) segment = start;
      segments.get(segment)?.[side].push(group);
    }
  }
  return [...segments.values()];
}

/** Without a key, or with one that does not say where a row lies, a row of one group may be in another one of the next version. */
function divideShared(tables: TablesToMerge, areComparable: boolean): DividedGroups {
  const { base, ours, theirs } = tables;
  const all = { base: base?.groups ?? [], ours: ours.groups, theirs: theirs.groups };
  if (base === null || !areComparable) return { taken: [], merged: [all] };
  const [olds, others] = [spans(base), spans(theirs)];
  const isSame = (group: TableGroup, other: TableGroup | undefined): boolean => other !== undefined && hasSameRows(group, other, false);
  const shared = new Map([...spans(ours)].filter(([span, group]) => isSame(group, olds.get(span)) && isSame(group, others.get(span))));
  const rest = (record: TableRecord): readonly TableGroup[] =>
    [...spans(record)].flatMap(([span, group]) => (shared.has(span) ? [] : [group]));
  const left = { base: rest(base), ours: rest(ours), theirs: rest(theirs) };
  const isNone = left.base.length + left.ours.length + left.theirs.length === 0;
  return { taken: namedGroups(tables)('ours', [...shared.values()]), merged: isNone ? [] : [left] };
}

/** Groups of a side, each layer with its columns. */
function namedGroups(tables: TablesToMerge): (side: keyof GroupsToMerge, groups: readonly TableGroup[]) => readonly NamedGroup[] {
  return (side, groups) => groupsIn({ ...(tables[side] ?? tables.ours), groups });
}
