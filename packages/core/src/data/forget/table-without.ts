import { type Digest, invariant, type TableColumn, type TableGroup, type TableRecord } from '@tidegate/formats';
import type { Engine } from '@tidegate/runtime';
import { keepLayer, pathOfObject, type TableWork, writeLayer } from '../tables/groups/group-parts.ts';
import { asTable, names, rowsOfLayers, withPath } from '../tables/groups/group-sql.ts';
import { orderTerms } from '../tables/rows/row-order.ts';
import { rowSum, sumRule } from '../tables/rows/row-sum.ts';
import type { FindRequest, FoundRows } from './find-rows.ts';
import { keyColumnsIn, rowsByKey } from './key-rows.ts';

/**
 * Stores a table without some of its rows: groups whose files have one of them are written whole and anew, all others stay as they are. The engine
 * knows the keys by `takeKeys`.
 *
 * @param found where the rows are
 * @returns the digest of the new record
 */
export async function tableWithout(engine: Engine, request: FindRequest, found: FoundRows): Promise<Digest> {
  const { record, store, scratch, signal } = request;
  const { columns, key, partition } = record;
  const work: TableWork = { engine, store, scratch, columns, order: { key, partition }, tally: { newBytes: 0, written: 0 } };
  const rule = await sumRule(engine);
  const schemas = [...record.schemas];
  const schema = indexOf(schemas, columns);
  const groups: TableGroup[] = [];
  for (const group of record.groups) {
    signal.throwIfAborted();
    const isTouched = found.groups.has(group);
    if (!isTouched && !found.named.has(group) && record.sumRule === rule) {
      groups.push(group);
      continue;
    }
    const all = await rowsOfGroup(request, group);
    const rows = isTouched ? rowsByKey(all, 'ANTI', keyColumnsIn(columns, request.keys) ?? []) : all;
    const sum = await rowSum(engine, rows, columns);
    if (sum.rows === 0) continue;
    const from = found.named.has(group) ? await firstOf(engine, work, rows) : group.from;
    groups.push({ from, ...sum, layers: isTouched ? [{ ...(await writeGroup(work, rows)), schema }] : group.layers });
  }
  const without: TableRecord = {
    ...record,
    sumRule: rule,
    rows: groups.reduce((sum, { rows }) => sum + rows, 0),
    ...usedSchemas(schemas, groups),
  };
  return (await store.putJson(without)).digest;
}

async function rowsOfGroup({ store, scratch, record }: FindRequest, { layers }: TableGroup): Promise<string> {
  const files = await Promise.all(
    layers.map(async (layer) => withPath(layer, record.schemas, await pathOfObject({ store, scratch }, layer))),
  );
  return asTable(rowsOfLayers(files, record.key), record.columns);
}

async function writeGroup(work: TableWork, rows: string): Promise<Omit<TableGroup['layers'][number], 'schema'>> {
  const { columns, order } = work;
  const by = orderTerms(order, columns).map(({ sql }) => sql);
  const query = `SELECT ${names(columns)} FROM (${rows}) ORDER BY ${by.join(', ')}`;
  const { kind, digest, bytes, rows: count } = await keepLayer(work, await writeLayer(work, { kind: 'rows', columns, query }));
  return { kind, digest, bytes, rows: count };
}

/** What the group is named after from now on: the first row that it has. */
async function firstOf(engine: Engine, { columns, order }: TableWork, rows: string): Promise<readonly string[]> {
  const terms = orderTerms(order, columns);
  const values = terms.map(({ sql, type }, at) => `CAST(CAST(${sql} AS ${type}) AS VARCHAR) AS t${at}`).join(', ');
  const by = terms.map(({ sql }) => sql).join(', ');
  const [first] = await engine.rows(`SELECT ${values} FROM (${rows}) ORDER BY ${by} LIMIT 1`);
  invariant(first !== undefined, 'A group that stays has a row');
  return terms.map((_, at) => String(first[`t${at}`]));
}

function indexOf(schemas: (readonly TableColumn[])[], columns: readonly TableColumn[]): number {
  const text = JSON.stringify(columns);
  const known = schemas.findIndex((one) => JSON.stringify(one) === text);
  return known >= 0 ? known : schemas.push(columns) - 1;
}

/** Lists of columns that no file has any more are left out, as in a record that was made anew. */
function usedSchemas(schemas: TableRecord['schemas'], groups: readonly TableGroup[]): Pick<TableRecord, 'schemas' | 'groups'> {
  const used = [...new Set(groups.flatMap(({ layers }) => layers.map(({ schema }) => schema)))];
  return {
    schemas: used.map((index) => schemas[index] ?? []),
    groups: groups.map((group) => ({
      ...group,
      layers: group.layers.map((layer) => ({ ...layer, schema: used.indexOf(layer.schema) })),
    })),
  };
}
