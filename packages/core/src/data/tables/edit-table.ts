import { join } from 'node:path';
import { type Digest, failure, type TableGroup, type TableRecord } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import type { TableConfig } from '../../config/index.ts';
import { mkdir } from '../../platform/index.ts';
import { type ObjectStore, readRecord } from '../../store/index.ts';
import { groupsWithRows } from './groups/cut-groups.ts';
import { firstKept } from './rows/first-kept.ts';
import type { LeftOutRows } from './rows/newest-partitions.ts';
import { groupsWithKeys, type PartsElsewhere } from './groups/groups-with-keys.ts';
import { names } from './groups/group-sql.ts';
import { orderedGroups } from './groups/ordered-groups.ts';
import { putGroups } from './groups/put-groups.ts';
import { groupsIn, mixedRules, type NamedGroup, recordOf } from './groups/record-of-groups.ts';
import { orderTerms, saysPartition } from './rows/row-order.ts';
import { sortRows } from './rows/sort-rows.ts';
import { rowsOfGroups } from './rows-of-groups.ts';
import { storeTable } from './store-table.ts';

/** What is to be different in a table. */
export interface TableEdits {
  /** A SELECT of the rows that go in, with the columns of the table and their types; null = none do. */
  readonly rows: string | null;
  /** Whether partitions of which rows go in have only these afterwards. */
  readonly replace: boolean;
  /** Partitions that are taken out first. */
  readonly remove: readonly string[];
}

export interface EditTableRequest extends TableEdits {
  readonly store: ObjectStore;
  readonly dataset: string;
  readonly base: Digest;
  readonly keep: TableConfig['keep'];
  /** A folder of the caller's, who removes it. */
  readonly scratch: string;
  /** How parts of objects are read that are not here. */
  readonly elsewhere: PartsElsewhere;
  readonly signal: AbortSignal;
}

export interface EditedTable {
  readonly digest: Digest;
  readonly record: TableRecord;
  /** Partitions of which something is different, sorted; empty for a table that has none. */
  readonly partitions: readonly string[];
  /** What is in partitions that are not kept; null = nothing. */
  readonly leftOut: LeftOutRows | null;
  /** How many groups were read, of how many. */
  readonly readGroups: number;
  readonly ofGroups: number;
}

/**
 * A table with other rows, of which only the groups are read that these rows belong to: all others go on as they are, wherever they lie. It is the same
 * record as `storeTable` would make of all rows. Where a key does not say which partition its row is in, the columns of the key are read of all groups, since
 * a row of that key may be in any of them, and is the one that is replaced.
 *
 * @throws TG-DATA-TABLE-KEY; TG-CLI-NOT-FOUND for a partition that is not there
 */
export async function editTable(engine: Engine, request: EditTableRequest): Promise<EditedTable> {
  const { store, base, signal } = request;
  const record = await readRecord(store, 'tidegate.table/1', base);
  const { key, partition, columns } = record;
  const terms = orderTerms({ key, partition }, columns);
  await mkdir(request.scratch, { recursive: true });
  refuseAbsentPartitions(record, request);
  const left = withoutPartitions(record, request);
  const touched = await touchedGroups(engine, request, { record, groups: left });
  const stays = left.filter((group) => !touched.dropped.has(group) && !touched.read.has(group));
  const read = left.filter((group) => touched.read.has(group));
  signal.throwIfAborted();
  const stored = request.rows === null ? null : await storeAgain(engine, request, { record, read });
  const named = groupsIn({ ...record, groups: stays });
  const all = await orderedGroups(engine, [...named, ...(stored === null ? [] : groupsIn(stored))], terms);
  const first = await firstKept(engine, partitionsOf(all), { partition, keep: request.keep });
  const kept = first === null ? all : all.filter(({ from: [own = ''] }) => own >= first);
  const isOneRule = stored === null || stays.length === 0 || stored.sumRule === record.sumRule;
  const { folder, rowsPerGroup } = record;
  const sumRule = isOneRule ? (stored ?? record).sumRule : mixedRules; // then sums are made again when they are needed
  const edited = recordOf({ folder, columns, key, partition, rowsPerGroup, sumRule }, kept);
  const { digest } = await store.putJson(edited);
  const changed = partition === null ? [] : [...touched.partitions, ...request.remove];
  return {
    digest,
    record: edited,
    partitions: [...new Set(changed)].toSorted(),
    leftOut: first === null || kept.length === all.length ? null : { rows: rowsIn(all) - rowsIn(kept), before: first },
    readGroups: read.length,
    ofGroups: record.groups.length,
  };
}

function rowsIn(groups: readonly NamedGroup[]): number {
  return groups.reduce((sum, { rows }) => sum + rows, 0);
}

/** @throws TG-CLI-NOT-FOUND for a partition that is to be taken out and is not there */
export function refuseAbsentPartitions(
  { groups, partition }: TableRecord,
  { remove, dataset }: Pick<EditTableRequest, 'remove' | 'dataset'>,
): void {
  const own = partition === null ? new Set<string>() : new Set(groups.map(({ from: [first = ''] }) => first));
  const absent = remove.find((one) => !own.has(one));
  if (absent !== undefined)
    throw failure(
      'TG-CLI-NOT-FOUND',
      `Cannot take the partition "${absent}" out of data.${dataset}: ${partition === null ? 'the table has no partitions' : `by ${partition} there is none of that name`}`,
      own.size === 0 ? 'Write "partitions: { by: day(COLUMN) }" at the dataset' : `Its partitions: ${shown([...own])}`,
    );
}

function withoutPartitions({ groups }: TableRecord, { remove }: EditTableRequest): readonly TableGroup[] {
  return remove.length === 0 ? groups : groups.filter(({ from: [first = ''] }) => !remove.includes(first));
}

/** Not more of them than can be read. */
function shown(partitions: readonly string[]): string {
  const some = partitions.slice(-8).join(', ');
  return partitions.length > 8 ? `… ${some}` : some;
}

interface Touched {
  /** Groups whose rows are put together with the new ones. */
  readonly read: ReadonlySet<TableGroup>;
  /** Groups whose rows go, whatever they are. */
  readonly dropped: ReadonlySet<TableGroup>;
  readonly partitions: readonly string[];
}

async function touchedGroups(
  engine: Engine,
  { rows, replace, scratch, store, elsewhere }: EditTableRequest,
  { record, groups }: { readonly record: TableRecord; readonly groups: readonly TableGroup[] },
): Promise<Touched> {
  if (rows === null) return { read: new Set(), dropped: new Set(), partitions: [] };
  const { key, partition, columns } = record;
  const marks = groups.map(({ from }) => from);
  const sorted = await sortRows(engine, { rows, columns, order: { key, partition }, marks, path: join(scratch, 'incoming.parquet') });
  const partitions = partition === null ? [] : await partitionsIn(engine, sorted.path);
  const isReplaced = ({ from: [own = ''] }: TableGroup): boolean => replace && partitions.includes(own);
  const dropped = new Set(groups.filter(isReplaced));
  const found = new Set((await groupsWithRows(engine, sorted, { isPartitioned: partition !== null })).map((from) => JSON.stringify(from)));
  const read = new Set(groups.filter((group) => !dropped.has(group) && found.has(JSON.stringify(group.from))));
  const others = groups.filter((group) => !dropped.has(group) && !read.has(group));
  if (!saysPartition(record))
    for (const group of await groupsWithKeys(engine, { store, scratch, elsewhere, record, groups: others, rows })) read.add(group);
  return { read, dropped, partitions };
}

async function partitionsIn(engine: Engine, path: string): Promise<readonly string[]> {
  const rows = await engine.rows(`SELECT DISTINCT t0 FROM read_parquet(${quoteText(path)}) WHERE m IS NULL ORDER BY t0`);
  return rows.map((row) => String(row['t0']));
}

/** The record of the groups that rows go into, with these. */
async function storeAgain(
  engine: Engine,
  { store, dataset, scratch, rows, signal }: EditTableRequest,
  { record, read }: { readonly record: TableRecord; readonly read: readonly TableGroup[] },
): Promise<TableRecord> {
  await store.fetch(read.flatMap(({ layers }) => layers));
  const { folder, key, partition, rowsPerGroup, columns } = record;
  const former = await rowsOfGroups(engine, { store, record, scratch }, read);
  const list = names(columns);
  const stays = key.map((name) => `other.${quoteName(name)} = former.${quoteName(name)}`).join(' AND ');
  const isOther = key.length === 0 ? '' : ` WHERE NOT EXISTS (SELECT 1 FROM (${rows}) AS other WHERE ${stays})`;
  const kept = `SELECT ${list} FROM (${former}) AS former${isOther}`;
  const stored = await storeTable(engine, {
    rows: `${kept} UNION ALL SELECT ${list} FROM (${rows})`,
    key,
    partition,
    store,
    scratch: join(scratch, 'table'),
    folder,
    dataset,
    previous: await putGroups(store, record, read),
    rowsPerGroup,
    signal,
  });
  return stored.record;
}

function partitionsOf(groups: readonly NamedGroup[]): readonly string[] {
  return [...new Set(groups.map(({ from: [own = ''] }) => own))];
}
