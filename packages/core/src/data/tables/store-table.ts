import { join } from 'node:path';
import { type Digest, failure, type TableColumn, type TableGroup, type TableRecord } from '@tidegate/formats';
import { type Engine, openEngine } from '@tidegate/runtime';
import { concurrently, mkdir, rm, stat } from '../../platform/index.ts';
import { type ObjectStore, readRecord } from '../../store/index.ts';
import { cutGroups } from './groups/cut-groups.ts';
import { keepLayer, pathOfObject, type TableWork, writeRows } from './groups/group-parts.ts';
import type { GroupedRows } from './groups/grouped-rows.ts';
import { rowsOfLayers, sameColumns, withPath } from './groups/group-sql.ts';
import { refuseBadKeys } from './rows/refuse-bad-keys.ts';
import { orderTerms, type RowOrder } from './rows/row-order.ts';
import { type RowSum, rowSum, sumRule } from './rows/row-sum.ts';
import { enginesSideBySide, sideBySide } from './side-by-side.ts';
import { rowsBetween, type SortedRows, sortRows, sumBetween } from './rows/sort-rows.ts';
import { type FormerGroup, storeGroup } from './groups/store-group.ts';
import { keptColumns } from './rows/kept-columns.ts';
import { rowsPerGroupOf, rowsToMeasure } from './rows/rows-per-group.ts';
import { meaningOf, type NamedGroup, recordOf, type TableMeaning } from './groups/record-of-groups.ts';

export interface TableRequest extends RowOrder {
  /** A SELECT of all rows, each column as a value. */
  readonly rows: string;
  readonly store: ObjectStore;
  /** A folder of the caller's, who removes it. */
  readonly scratch: string;
  /** Where parts of the table are placed, relative to the project. */
  readonly folder: string;
  /** Names the dataset in messages. */
  readonly dataset: string;
  /** The version whose groups these rows are compared with; null = all is new. */
  readonly previous: Digest | null;
  /** Older versions, of which one may have these very rows. Default: none. */
  readonly known?: readonly Digest[];
  /** The same rows as groups, when they came so: they are used where there is no version to compare with. Their files are the table's then. Default: none. */
  readonly ready?: GroupedRows | null;
  /** About how many rows a group of a table that has no version yet gets. Default: as many as make some MB. */
  readonly rowsPerGroup?: number;
  readonly signal: AbortSignal;
  /** Told how far it is, 0 to 1. Default: nobody is told. */
  readonly progress?: (fraction: number) => void;
}

export interface StoredTable {
  /** Of the record: that of `previous` when the rows are the same. */
  readonly digest: Digest;
  readonly record: TableRecord;
  /** Bytes of objects that were not in the store before. */
  readonly newBytes: number;
}

/**
 * Stores rows as a table version. The same rows in whatever order are the same version as `previous`; of others only what changed is stored.
 * Memory is bounded by that of the engines: rows are sorted on disk, and groups are compared two at a time.
 * @throws TG-DATA-TABLE-KEY when the key is no column, has no value in a row, or names two rows
 */
export async function storeTable(engine: Engine, request: TableRequest): Promise<StoredTable> {
  const { store, scratch, folder, previous, key, partition } = request;
  const former = previous === null ? null : await readRecord(store, 'tidegate.table/1', previous);
  const columns = await keptColumns(engine, request.rows);
  refuseMissing(request, columns);
  const rule = await sumRule(engine);
  const comparable = former !== null && canCompare(former, { key, partition, columns }) ? former : null;
  await mkdir(scratch, { recursive: true });
  const work = { store, scratch, order: { key, partition }, tally: { newBytes: 0, written: 0 } };
  const ready = readyGroups(request, { columns, rule, isComparable: comparable !== null });
  if (ready !== null) return storeReady(work, request, ready);
  const path = join(scratch, 'sorted.parquet');
  const values = columns.map(({ value }) => value).join(', ');
  const sorted = await sortRows(engine, {
    rows: `SELECT ${values} FROM (${request.rows})`,
    columns: columns.map(({ name, type }) => ({ name, type })),
    order: { key, partition },
    marks: comparable?.groups.map(({ from }) => from) ?? [],
    path,
  });
  await refuseBadKeys(engine, sorted, request);
  const table = { folder, columns: sorted.columns, key, partition, sumRule: rule };
  const same = await versionWith(request, table, () => sumBetween(engine, sorted, { start: 0, end: sorted.length }));
  if (same !== null) return { ...same, newBytes: 0 };
  const own: TableWork = { ...work, engine, columns: sorted.columns };
  const rowsPerGroup = comparable?.rowsPerGroup ?? request.rowsPerGroup ?? (await rowsPerGroupFor(own, sorted));
  const groups = await storeGroups(own, { request, sorted, rowsPerGroup, former: comparable, rule });
  await rm(path, { force: true });
  // by another rule for sums nothing can be said of all rows at once, but groups that are kept as they were tell the same
  if (previous !== null && comparable !== null && isUnchanged(comparable, { folder, columns: sorted.columns, groups }))
    return { digest: previous, record: comparable, newBytes: 0 };
  return putRecord(request, { record: recordOf({ ...table, rowsPerGroup }, groups), newBytes: own.tally.newBytes });
}

async function putRecord({ store, previous }: TableRequest, { record, newBytes }: Omit<StoredTable, 'digest'>): Promise<StoredTable> {
  const { digest, bytes } = await store.putJson(record);
  return { digest, record, newBytes: newBytes + (digest === previous ? 0 : bytes) };
}

/** The groups that rows came in, if they are those of the table that is wanted. */
function readyGroups(
  { ready = null, key, partition, rowsPerGroup }: TableRequest,
  { columns, rule, isComparable }: { readonly columns: readonly TableColumn[]; readonly rule: string; readonly isComparable: boolean },
): GroupedRows | null {
  if (ready === null || isComparable || partition !== null || ready.rowsPerGroup !== (rowsPerGroup ?? ready.rowsPerGroup)) return null;
  const isMeant = ready.sumRule === rule && JSON.stringify(ready.key) === JSON.stringify(key) && sameColumns(ready.columns, columns);
  return isMeant ? ready : null;
}

/** While one is hashed others are on their way to the disk. */
const filesAtOnce = 4;

async function storeReady(work: Pick<TableWork, 'store' | 'tally'>, request: TableRequest, ready: GroupedRows): Promise<StoredTable> {
  const { folder, key, partition, signal, progress } = request;
  const { columns, sumRule: rule, rowsPerGroup } = ready;
  const table = { folder, columns, key, partition, sumRule: rule };
  const same = await versionWith(request, table, async () => totalOf(ready.groups));
  if (same !== null) return { ...same, newBytes: 0 };
  let done = 0;
  const groups = await concurrently(filesAtOnce, ready.groups, async ({ from, rows, sum, path }): Promise<NamedGroup> => {
    signal.throwIfAborted();
    const { size: bytes } = await stat(path);
    const layer = await keepLayer(work, { kind: 'rows', columns, path, rows, bytes });
    progress?.((done += 1) / ready.groups.length);
    return { from, rows, sum, layers: [layer] };
  });
  return putRecord(request, { record: recordOf({ ...table, rowsPerGroup }, groups), newBytes: work.tally.newBytes });
}

/** The version that has these very rows already, in the same columns. @param sumOf sums all rows */
async function versionWith(
  { store, previous, known = [] }: TableRequest,
  table: TableMeaning,
  sumOf: () => Promise<RowSum>,
): Promise<Omit<StoredTable, 'newBytes'> | null> {
  let all: RowSum | null = null;
  for (const digest of [...(previous === null ? [] : [previous]), ...known]) {
    if ((await store.missing([{ digest, bytes: null }])).length > 0) continue;
    const record = await readRecord(store, 'tidegate.table/1', digest);
    if (meaningOf(record) !== meaningOf(table)) continue;
    all ??= await sumOf();
    const { rows, sum } = totalOf(record.groups);
    if (rows === all.rows && sum === all.sum) return { digest, record };
  }
  return null;
}

function totalOf(groups: readonly RowSum[]): RowSum {
  return {
    rows: groups.reduce((total, { rows }) => total + rows, 0),
    sum: String(groups.reduce((total, { sum }) => total + BigInt(sum), 0n)),
  };
}

function refuseMissing({ dataset, key }: TableRequest, columns: readonly TableColumn[]): void {
  const known = new Set(columns.map(({ name }) => name.toLowerCase()));
  const missing = key.find((name) => !known.has(name.toLowerCase()));
  if (missing === undefined) return;
  throw failure(
    'TG-DATA-TABLE-KEY',
    `Cannot keep data.${dataset} as a table: it has no column "${missing}", which is in its key`,
    `Correct "key" of "${dataset}" in tidegate.yaml; its columns: ${columns.map(({ name }) => name).join(', ')}`,
  );
}

/** Groups of before say something only when they are in the same order. */
function canCompare(former: TableRecord, { key, partition, columns }: RowOrder & { readonly columns: readonly TableColumn[] }): boolean {
  const types = (order: RowOrder, of: readonly TableColumn[]): string => JSON.stringify(orderTerms(order, of));
  return types(former, former.columns) === types({ key, partition }, columns);
}

async function rowsPerGroupFor(work: TableWork, sorted: SortedRows): Promise<number> {
  const { path, rows, bytes } = await writeRows(work, rowsBetween(sorted, 0, rowsToMeasure), Math.min(rowsToMeasure, sorted.length));
  await rm(path);
  return rowsPerGroupOf({ rows, bytes });
}

interface Grouping {
  readonly request: TableRequest;
  readonly sorted: SortedRows;
  readonly rowsPerGroup: number;
  readonly former: TableRecord | null;
  readonly rule: string;
}

async function storeGroups(
  work: TableWork,
  { request, sorted, rowsPerGroup, former, rule }: Grouping,
): Promise<readonly (FormerGroup & NamedGroup)[]> {
  const { scratch, signal, progress } = request;
  const ranges = await cutGroups(work.engine, sorted, { rowsPerGroup, isPartitioned: request.partition !== null });
  const formers = new Map(former?.groups.map((group) => [JSON.stringify(group.from), group]));
  using opened = new DisposableStack();
  const engines: Engine[] = ranges.length < fewGroups ? [work.engine] : [];
  for (let at = 0; ranges.length >= fewGroups && at < enginesSideBySide; at++)
    engines.push(opened.use(await openEngine({ threads: 1, memory: '1GB', spill: join(scratch, `spill-${at}`), signal })));
  let done = 0;
  return await sideBySide(engines, ranges, async (engine, { start, end, from }) => {
    signal.throwIfAborted();
    const own = { ...work, engine };
    const group = formers.get(JSON.stringify(from));
    const before = former === null || group === undefined ? null : await openGroup(own, { group, former, rule });
    const rows = { sql: rowsBetween(sorted, start, end), sum: await sumBetween(engine, sorted, { start, end }) };
    const stored = { from, ...(await storeGroup(own, rows, before)) };
    progress?.((done += 1) / ranges.length);
    return stored;
  });
}

/** So few groups are not worth engines of their own. */
const fewGroups = 4;

interface TableNow extends Pick<TableRecord, 'folder' | 'columns'> {
  readonly groups: readonly NamedGroup[];
}

interface GroupFiles extends Pick<TableGroup, 'from'> {
  readonly layers: readonly { readonly digest: Digest }[];
}

/** Whether a version is made of the same files as before in the same columns, and so has the same rows. */
function isUnchanged(former: TableRecord, now: TableNow): boolean {
  const files = (groups: readonly GroupFiles[]): string =>
    JSON.stringify(groups.map(({ from, layers }) => [from, layers.map(({ digest }) => digest)]));
  return former.folder === now.folder && sameColumns(former.columns, now.columns) && files(former.groups) === files(now.groups);
}

/** A group of before with its files; sums that another engine made say nothing, and are made again. */
async function openGroup(
  work: TableWork,
  { group, former, rule }: { readonly group: TableGroup; readonly former: TableRecord; readonly rule: string },
): Promise<FormerGroup> {
  const layers = await Promise.all(group.layers.map(async (layer) => withPath(layer, former.schemas, await pathOfObject(work, layer))));
  if (former.sumRule === rule) return { layers, rows: group.rows, sum: group.sum };
  const { sql, columns } = rowsOfLayers(layers, former.key);
  return { layers, ...(await rowSum(work.engine, sql, columns)) };
}
