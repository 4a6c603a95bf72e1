import { join } from 'node:path';
import { compareCodeUnits, type Digest, type TableGroup, type TableRecord } from '@tidegate/formats';
import { type Engine, openEngine } from '@tidegate/runtime';
import { rm } from '../../platform/index.ts';
import { scratchFolder } from '../scratch-folder.ts';
import { orderedGroups } from '../tables/groups/ordered-groups.ts';
import { putGroups } from '../tables/groups/put-groups.ts';
import { groupsIn, haveSameRows, mixedRules, type NamedGroup, recordOf } from '../tables/groups/record-of-groups.ts';
import { orderTerms } from '../tables/rows/row-order.ts';
import { rowsOfGroups } from '../tables/rows-of-groups.ts';
import { storeTable } from '../tables/store-table.ts';
import { divideGroups, type GroupsToMerge, type TablesToMerge } from './divide-groups.ts';
import { type MergedColumn, mergeColumns } from './merge-columns.ts';
import { mergedRows, mergeRowsAsBags, mergeRowsByKey } from './merge-rows.ts';
import { conflictsOf, type DataMerge, type MergeConflict, type MergeRequest, mostConflicts, type ShapeProblem } from './merge-request.ts';

/**
 * Merges two tables row by row: by key, or without one by how often each row is there. Groups of rows that only one side has changed are taken as they are, so what it costs
 * follows what both have changed. Memory is bounded by the engine's: what does not fit is on disk.
 *
 * @throws TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT
 */
export async function mergeTables(request: MergeRequest, tables: TablesToMerge): Promise<DataMerge> {
  const { base, ours, theirs } = tables;
  const { columns, conflicts } = mergeColumns(base?.columns ?? [], ours.columns, theirs.columns);
  const problem = problemOf(tables);
  if (problem !== null) return conflictsOf([{ kind: 'shape', problem }]);
  if (conflicts.length > 0) return conflictsOf(conflicts);
  const scratch = await scratchFolder();
  try {
    using engine = await openEngine({ threads: 2, spill: join(scratch, 'spill'), signal: request.signal });
    const isOursFirst = compareCodeUnits(request.ours, request.theirs) < 0;
    const { taken, merged } = divideGroups(tables, isOursFirst);
    const work = { engine, scratch, request, tables, columns, first: isOursFirst ? ('ours' as const) : ('theirs' as const) };
    const rows = await mergeSegments(work, merged);
    if (rows.kind === 'conflict') return rows;
    const tree = await storeMerged(work, { taken, segments: merged, rows: rows.sql });
    return { kind: 'merged', tree };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

interface MergeWork {
  readonly engine: Engine;
  readonly scratch: string;
  readonly request: MergeRequest;
  readonly tables: TablesToMerge;
  readonly columns: readonly MergedColumn[];
  /** The side that comes first, whoever merges: the one of the lower digest. */
  readonly first: 'ours' | 'theirs';
}

/** So many segments are merged in one statement, which is worth it for some of them and takes the engine ever longer for more. */
const segmentsTogether = 16;

async function mergeSegments(work: MergeWork, segments: readonly GroupsToMerge[]): Promise<MergedRows> {
  const { engine, scratch, request, tables, columns } = work;
  const { base, ours, theirs } = tables;
  const paths: string[] = [];
  const conflicts: MergeConflict[] = [];
  let count = 0;
  for (let at = 0; at < segments.length; at += segmentsTogether) {
    request.signal.throwIfAborted();
    const some = segments.slice(at, at + segmentsTogether);
    const all = { base: some.flatMap((one) => one.base), ours: some.flatMap((one) => one.ours), theirs: some.flatMap((one) => one.theirs) };
    await fetchLayers(request, [...all.base, ...all.ours, ...all.theirs]);
    const rowsOf = (record: TableRecord, groups: readonly TableGroup[]): Promise<string> =>
      rowsOfGroups(engine, { store: request.store, record, scratch }, groups);
    const path = join(scratch, `merged-${paths.length}.parquet`);
    const rows = {
      base: await rowsOf(base ?? ours, all.base),
      ours: await rowsOf(ours, all.ours),
      theirs: await rowsOf(theirs, all.theirs),
      columns,
      prefer: request.prefer,
      path,
    };
    const found = ours.key.length === 0 ? await mergeRowsAsBags(engine, rows) : await mergeRowsByKey(engine, { ...rows, key: ours.key });
    paths.push(path);
    if (found === null) continue;
    count += found.count;
    conflicts.push(...found.conflicts.slice(0, mostConflicts - conflicts.length));
  }
  if (count > 0) return { kind: 'conflict', count, conflicts };
  return { kind: 'merged', sql: paths.length === 0 ? null : mergedRows(columns, paths, ours.key.length > 0) };
}

type MergedRows = { readonly kind: 'merged'; readonly sql: string | null } | Extract<DataMerge, { readonly kind: 'conflict' }>;

interface MergedParts {
  readonly taken: readonly NamedGroup[];
  readonly segments: readonly GroupsToMerge[];
  /** A SELECT of the merged rows; null when none had to be merged. */
  readonly rows: string | null;
}

/** Stores the groups that are taken and the merged rows as one table. Whoever merges the two sides stores the same. */
async function storeMerged(work: MergeWork, parts: MergedParts): Promise<Digest> {
  const { engine, request, tables, first } = work;
  const { folder, key, partition, columns: own } = tables.ours;
  const stored = parts.rows === null ? null : await storeRows(work, { ...parts, rows: parts.rows });
  const columns = stored?.columns ?? own;
  const groups = [...parts.taken, ...(stored === null ? [] : groupsIn(stored))];
  const rules = new Set(
    [...(parts.taken.length === 0 ? [] : recordsOf(tables)), ...(stored === null ? [] : [stored])].map(({ sumRule }) => sumRule),
  );
  const record = recordOf(
    {
      folder,
      columns,
      key,
      partition,
      rowsPerGroup: (tables.base ?? tables[first]).rowsPerGroup,
      sumRule: rules.size === 1 ? ([...rules][0] ?? mixedRules) : mixedRules, // then sums are made again when they are needed
    },
    await orderedGroups(engine, groups, orderTerms({ key, partition }, columns)),
  );
  for (const side of ['base', first, 'ours', 'theirs'] as const) {
    const [digest, other] = [request[side], tables[side]];
    if (digest !== null && other !== null && haveSameRows(other, record)) return digest;
  }
  return (await request.store.putJson(record)).digest;
}

/** Stores the merged rows as what they make of the groups that they come from. */
async function storeRows(work: MergeWork, { segments, rows }: MergedParts & { readonly rows: string }): Promise<TableRecord> {
  const { engine, scratch, request, tables, first } = work;
  const { store, dataset, signal } = request;
  const { folder, key, partition } = tables.ours;
  const side = tables.base === null ? first : 'base';
  const former = tables[side] ?? tables.ours;
  const groups = segments.flatMap((segment) => segment[side]);
  const { record } = await storeTable(engine, {
    rows,
    key,
    partition,
    store,
    scratch: join(scratch, 'table'),
    folder,
    dataset,
    previous: await putGroups(store, former, groups),
    rowsPerGroup: former.rowsPerGroup,
    signal,
  });
  return record;
}

function recordsOf({ base, ours, theirs }: TablesToMerge): readonly TableRecord[] {
  return base === null ? [ours, theirs] : [base, ours, theirs];
}

function problemOf({ base, ours, theirs }: TablesToMerge): ShapeProblem | null {
  const all = [ours, theirs, ...(base === null ? [] : [base])];
  const differ = (of: (record: TableRecord) => unknown): boolean => new Set(all.map((record) => JSON.stringify(of(record)))).size > 1;
  if (differ(({ key }) => key.map((name) => name.toLowerCase()))) return 'keys';
  return ours.key.length === 0 && differ(({ columns }) => columns) ? 'columns without a key' : null;
}

async function fetchLayers({ store }: MergeRequest, groups: readonly TableGroup[]): Promise<void> {
  const [gone] = await store.fetch(groups.flatMap(({ layers }) => layers));
  if (gone !== undefined) await store.readBytes(gone); // says what is wrong with it
}
