import { join } from 'node:path';
import { type DatasetVersion, failure, type TreeEntry } from '@tidegate/formats';
import { openEngine } from '@tidegate/runtime';
import { rm } from '../../platform/index.ts';
import { folderNames } from '../../config/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import { datasetSql } from '../read/dataset-sql.ts';
import { scratchFolder } from '../scratch-folder.ts';
import { diffTables } from '../tables/diff-tables.ts';
import type { Rows } from '../tables/groups/group-sql.ts';
import { tableAt } from '../tables/tables-as-trees.ts';
import { diffAsBags } from './diff-as-bags.ts';
import { diffByKey, sharedColumns } from './diff-by-key.ts';
import type { RowDifference } from './row-difference.ts';

export interface CompareRowsRequest {
  readonly store: ObjectStore;
  readonly before: DatasetVersion;
  readonly after: DatasetVersion;
  /** Columns that tell rows apart. Null = the key of the tables; for files none. */
  readonly key: readonly string[] | null;
  /** Most examples of each kind. */
  readonly limit: number;
  readonly signal: AbortSignal;
}

/** How the rows of two versions differ. @throws TG-DATA-TABLE-KEY when a version has no column of the key; what the store throws */
export async function compareRows(request: CompareRowsRequest): Promise<RowDifference> {
  const { store, before, after, key, limit, signal } = request;
  const folder = await scratchFolder();
  try {
    const [old, young] = [await tableAt(store, before.tree), await tableAt(store, after.tree)];
    const areAlike = old !== null && young !== null && old.key.join() === young.key.join() && old.partition === young.partition;
    if (areAlike && (key === null || key.join() === young.key.join())) {
      using one = await openEngine({ threads: 1, spill: join(folder, 'spill-1'), signal });
      using other = await openEngine({ threads: 1, spill: join(folder, 'spill-2'), signal });
      return await diffTables([one, other], { before: old, after: young, limit, store, scratch: folder, signal });
    }
    using engine = await openEngine({ threads: 2, spill: join(folder, 'spill'), signal });
    const sides = await sidesOf(request);
    const chosen = key ?? young?.key ?? [];
    if (chosen.length === 0) {
      const { alike: _, ...found } = await diffAsBags(engine, { ...sides, limit });
      return { key: [], ...found, renamed: [], pieces: sides.pieces };
    }
    refuseUnknown(chosen, sides, after.dataset);
    const { alike, ...found } = await diffByKey(engine, { ...sides, key: chosen, limit });
    const renamed = alike.map((pair) => JSON.parse(pair) as readonly [string, string]).map(([was, is]) => ({ before: was, after: is }));
    return { key: chosen, ...found, renamed, pieces: sides.pieces };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Sides {
  readonly before: Rows;
  readonly after: Rows;
  readonly pieces: RowDifference['pieces'];
}

/** The rows of the files that only one of two versions has. */
async function sidesOf({ store, before, after }: CompareRowsRequest): Promise<Sides> {
  const [olds, news] = [(await store.readTree(before.tree)).entries, (await store.readTree(after.tree)).entries];
  const canLeaveOut = JSON.stringify(before.columns) === JSON.stringify(after.columns);
  const rowsIn = after.columns.some(({ folder }) => folder) ? rowsInFolders : ({ digest }: TreeEntry): string => digest;
  const left = { before: canLeaveOut ? without(olds, news, rowsIn) : olds, after: canLeaveOut ? without(news, olds, rowsIn) : news };
  return {
    before: await rowsOf(store, before, left.before),
    after: await rowsOf(store, after, left.after),
    pieces: { all: olds.length + news.length, read: left.before.length + left.after.length },
  };
}

/** Files that the other version has as well count in neither, each as often as both have it. */
function without(entries: readonly TreeEntry[], others: readonly TreeEntry[], rowsIn: (entry: TreeEntry) => string): readonly TreeEntry[] {
  const times = new Map<string, number>();
  for (const other of others) times.set(rowsIn(other), (times.get(rowsIn(other)) ?? 0) + 1);
  return entries.filter((entry) => {
    const left = times.get(rowsIn(entry)) ?? 0;
    times.set(rowsIn(entry), left - 1);
    return left <= 0;
  });
}

/** Where folders give columns the same bytes are other rows in another folder. */
function rowsInFolders({ path, digest }: TreeEntry): string {
  return JSON.stringify([digest, folderNames(path)]);
}

async function rowsOf(store: ObjectStore, version: DatasetVersion, entries: readonly TreeEntry[]): Promise<Rows> {
  const columns = version.columns.map(({ name, physicalType: type }) => ({ name, type }));
  if (entries.length === 0) {
    const none = columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS "${name.replaceAll('"', '""')}"`);
    return { sql: `SELECT ${none.join(', ')} WHERE false`, columns };
  }
  // of a link only its bytes count here: the file that it leads to may be one of those that both versions have
  const { digest } = await store.putEntries(entries.map(({ path, digest: content, bytes }) => ({ path, digest: content, bytes })));
  return { sql: await datasetSql(store, version, digest), columns };
}

function refuseUnknown(key: readonly string[], { before, after }: Sides, dataset: string): void {
  const known = new Set(sharedColumns(before.columns, after.columns).map(({ name }) => name.toLowerCase()));
  const missing = key.find((name) => !known.has(name.toLowerCase()));
  if (missing === undefined) return;
  throw failure(
    'TG-DATA-TABLE-KEY',
    `Cannot compare the rows of data.${dataset}: not both versions have a column "${missing}" of one type`,
    `Name other columns with "--key"; both have: ${[...known].join(', ')}`,
  );
}
