import type { Digest, TableColumn, TableGroup, TableRecord } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import { globText } from '../read/sql-path.ts';
import { pathOfObject, type TableWork } from '../tables/groups/group-parts.ts';
import { rowsOfLayers, withPath } from '../tables/groups/group-sql.ts';
import { keyColumnsIn, type KeyRows, keysAmong, keyTexts, placesInOrder, rowsByKey } from './key-rows.ts';

/** Where rows are in a table. */
export interface FoundRows {
  /** Rows of the version that have one of the keys. */
  readonly rows: number;
  /** Groups one of whose files has such a row, be it one that the version no longer shows. */
  readonly groups: ReadonlySet<TableGroup>;
  /** Groups that are named after such a row. */
  readonly named: ReadonlySet<TableGroup>;
}

export interface FindRequest extends Pick<TableWork, 'store' | 'scratch'> {
  readonly record: TableRecord;
  readonly keys: KeyRows;
  /** What is known of files that other versions have as well, by digest; added to. */
  readonly seen: Map<Digest, boolean>;
  /** Places of keys that some file has; added to. */
  readonly matched: Set<number>;
  readonly signal: AbortSignal;
}

/**
 * Looks for rows in every file of a table. A version may hold the bytes of a row that it does not show, since a later file of the group takes it out again.
 * Null when nothing of the table has to do with the keys. The engine knows them by `takeKeys`.
 *
 * @throws TG-STORE-OBJECT-MISSING, TG-STORE-OBJECT-CORRUPT
 */
export async function findRows(engine: Engine, request: FindRequest): Promise<FoundRows | null> {
  const { record, keys, signal } = request;
  const columns = keyColumnsIn(record.columns, keys);
  if (columns === null) return null;
  const [groups, named] = [new Set<TableGroup>(), await groupsNamedAfter(engine, record, columns)];
  let rows = 0;
  for (const group of record.groups) {
    signal.throwIfAborted();
    if (!(await hasSuchRow(engine, request, group))) continue;
    groups.add(group);
    rows += await countIn(engine, request, group);
  }
  return groups.size + named.size === 0 ? null : { rows, groups, named };
}

/** Looks into every file, for of several keys each may be in another one. */
async function hasSuchRow(
  engine: Engine,
  { store, scratch, record, keys, seen, matched }: FindRequest,
  { layers }: TableGroup,
): Promise<boolean> {
  let hasOne = false;
  for (const layer of layers) {
    const columns = keyColumnsIn(record.schemas[layer.schema] ?? [], keys);
    if (columns === null) continue; // columns alone: they belong to the rows of a file below
    if (!seen.has(layer.digest)) {
      const path = await pathOfObject({ store, scratch }, layer);
      const found = await keysAmong(engine, `SELECT * FROM read_parquet(${globText(path)})`, columns);
      seen.set(layer.digest, found.length > 0);
      for (const place of found) matched.add(place);
    }
    hasOne ||= seen.get(layer.digest) === true;
  }
  return hasOne;
}

async function countIn(engine: Engine, { store, scratch, record, keys }: FindRequest, group: TableGroup): Promise<number> {
  const layers = await Promise.all(
    group.layers.map(async (layer) => withPath(layer, record.schemas, await pathOfObject({ store, scratch }, layer))),
  );
  const { sql, columns } = rowsOfLayers(layers, record.key);
  const [row] = await engine.rows(`SELECT count(*) AS rows FROM (${rowsByKey(sql, 'SEMI', keyColumnsIn(columns, keys) ?? [])})`);
  return Number(row?.['rows'] ?? 0);
}

async function groupsNamedAfter(engine: Engine, record: TableRecord, columns: readonly TableColumn[]): Promise<ReadonlySet<TableGroup>> {
  const places = placesInOrder(record, columns);
  if (places.some((place) => place < 0) || !isKeyed(record, columns)) return new Set();
  const wanted = new Set((await keyTexts(engine, columns)).map((values) => JSON.stringify(values)));
  return new Set(record.groups.filter(({ from }) => wanted.has(JSON.stringify(places.map((place) => from[place] ?? '')))));
}

function isKeyed({ key }: TableRecord, columns: readonly TableColumn[]): boolean {
  return columns.every(({ name }) => key.some((one) => one.toLowerCase() === name.toLowerCase()));
}
