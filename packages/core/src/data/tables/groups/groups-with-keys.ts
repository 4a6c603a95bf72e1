import { join } from 'node:path';
import { type Digest, failure, type TableGroup, type TableLayer, type TableRecord } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';
import { rm } from '../../../platform/index.ts';
import type { ObjectStore } from '../../../store/index.ts';
import { fetchColumns, sparseParquet } from '../../read/parquet-by-range.ts';
import { globText } from '../../read/sql-path.ts';
import { pathOfObject } from './group-parts.ts';

/** How parts of objects are read that are not here. */
export interface PartsElsewhere {
  readonly isHere: (digest: Digest) => Promise<boolean>;
  /** Null when the object is not there. */
  readonly readPart: (digest: Digest, range: { readonly from: number; readonly to: number }) => Promise<Uint8Array | null>;
}

interface KeysRequest {
  readonly store: ObjectStore;
  readonly scratch: string;
  readonly elsewhere: PartsElsewhere;
  readonly record: TableRecord;
  readonly groups: readonly TableGroup[];
  /** A SELECT of rows with the columns of the key. */
  readonly rows: string;
}

/**
 * The groups that have, or once had, a row with the key of one of these rows. Of objects that are not here only the columns of the key are read.
 *
 * @throws TG-STORE-OBJECT-MISSING
 */
export async function groupsWithKeys(engine: Engine, request: KeysRequest): Promise<readonly TableGroup[]> {
  const found: TableGroup[] = [];
  for (const group of request.groups) {
    for (const layer of group.layers)
      if (layer.kind !== 'columns' && (await hasKey(engine, layer, request))) {
        found.push(group);
        break;
      }
  }
  return found;
}

async function hasKey(engine: Engine, layer: TableLayer, request: KeysRequest): Promise<boolean> {
  const { record, rows, scratch } = request;
  const sparse = join(scratch, `keys-${layer.digest.slice('sha256:'.length)}.parquet`);
  try {
    const path = await pathOfKeys(engine, layer, { ...request, sparse });
    const types = new Map(record.columns.map(({ name, type }) => [name, type]));
    const keys = record.key.map((name) => `CAST(${quoteName(name)} AS ${types.get(name) ?? 'VARCHAR'}) AS ${quoteName(name)}`).join(', ');
    const using = record.key.map(quoteName).join(', ');
    const found = await engine.rows(
      `SELECT 1 FROM (SELECT ${keys} FROM read_parquet(${globText(path)})) SEMI JOIN (SELECT ${using} FROM (${rows})) USING (${using}) LIMIT 1`,
    );
    return found.length > 0;
  } finally {
    await rm(sparse, { force: true });
  }
}

async function pathOfKeys(engine: Engine, layer: TableLayer, request: KeysRequest & { readonly sparse: string }): Promise<string> {
  const { elsewhere, record, sparse } = request;
  if (await elsewhere.isHere(layer.digest)) return pathOfObject(request, layer);
  const file = {
    bytes: layer.bytes,
    read: (range: { readonly from: number; readonly to: number }) => elsewhere.readPart(layer.digest, range),
  };
  if (await sparseParquet(file, sparse)) {
    await fetchColumns(file, { engine, path: sparse, columns: record.key });
    return sparse;
  }
  if (!(await request.store.has(layer.digest)))
    throw failure(
      'TG-STORE-OBJECT-MISSING',
      `Cannot read object "${layer.digest}": it is neither here nor on the remote`,
      'Push it from a machine that has it',
    );
  return pathOfObject(request, layer);
}
