import { join } from 'node:path';
import type { TableColumn } from '@tidegate/formats';
import { type Engine, quoteText } from '@tidegate/runtime';
import { digestOfFile, rename, rm, stat, temporaryBeside, writeFile } from '../../../platform/index.ts';
import type { ObjectStore } from '../../../store/index.ts';
import { names } from './group-sql.ts';
import type { RowOrder } from '../rows/row-order.ts';
import { mostRowsPerGroup } from '../rows/rows-per-group.ts';
import type { StoredLayer } from './stored-layer.ts';

/** What storing the groups of one version works with. */
export interface TableWork {
  readonly engine: Engine;
  readonly store: ObjectStore;
  /** Folder of our own for files before they are stored. */
  readonly scratch: string;
  readonly columns: readonly TableColumn[];
  readonly order: RowOrder;
  readonly tally: { newBytes: number; written: number };
}

/** A file that was written and is not stored yet. */
export type WrittenLayer = Omit<StoredLayer, 'digest'>;

/**
 * Options of every Parquet file of a table: fixed, so that the same rows give the same bytes. A file is one row group, for where the engine ends a shorter one depends on the pieces
 * in which rows reach it. Higher levels of zstd take half as long again, and save 3 %.
 */
export const parquetOptions = `FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE ${2 * mostRowsPerGroup}`;

/** Values that a dictionary of a group has at most. */
const longestDictionary = 4096;

/**
 * The options of a group written whole. By itself the engine makes a dictionary of every column until it has a fifth as many values as rows: of a long group that is a third of the
 * CPU of writing it, and behind zstd it saves nothing.
 */
export function groupOptions(rows: number): string {
  return rows > 5 * longestDictionary ? `${parquetOptions}, DICTIONARY_SIZE_LIMIT ${longestDictionary}` : parquetOptions;
}

/** Writes the rows of a query as the file of a layer, in the order in which they come. */
export async function writeLayer(
  { engine, scratch, tally }: TableWork,
  {
    kind,
    columns,
    query,
    options = parquetOptions,
  }: Pick<StoredLayer, 'kind' | 'columns'> & { readonly query: string; readonly options?: string },
): Promise<WrittenLayer> {
  tally.written += 1;
  const path = join(scratch, `layer-${tally.written}.parquet`);
  const [row] = await engine.rows(`COPY (${query}) TO ${quoteText(path)} (${options})`);
  return { kind, columns, path, rows: Number(row?.['Count'] ?? 0), bytes: (await stat(path)).size };
}

/** The rows of a group as a layer of its own, which needs none below it. @param count how many they are */
export function writeRows(work: TableWork, rows: string, count: number): Promise<WrittenLayer> {
  const { columns } = work;
  return writeLayer(work, { kind: 'rows', columns, query: `SELECT ${names(columns)} FROM (${rows})`, options: groupOptions(count) });
}

/** Puts what was written into the store, and removes the file. */
export async function keepLayer({ store, tally }: Pick<TableWork, 'store' | 'tally'>, layer: WrittenLayer): Promise<StoredLayer> {
  const digest = await digestOfFile(layer.path);
  const isNew = !(await store.has(digest));
  const { bytes } = await store.takeFile(layer.path, digest);
  if (isNew) tally.newBytes += bytes;
  await rm(layer.path, { force: true });
  return { ...layer, digest, bytes };
}

/** Up to this length an object lies in the store's database: a private file of it costs less than one that is kept for good. */
const shortest = 16 << 10;

/** A path at which an engine reads an object, for as long as the scratch folder is there. */
export async function pathOfObject(
  { store, scratch }: Pick<TableWork, 'store' | 'scratch'>,
  { digest, bytes }: Pick<StoredLayer, 'digest' | 'bytes'>,
): Promise<string> {
  if (bytes > shortest) return store.pathOf(digest);
  const path = join(scratch, `${digest.slice('sha256:'.length)}.parquet`);
  const own = temporaryBeside(path); // another engine may read it already
  await writeFile(own, await store.readBytes(digest));
  await rename(own, path);
  return path;
}
