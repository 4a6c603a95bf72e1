import { join } from 'node:path';
import { invariant, type TableGroup, type TableRecord, type TreeEntry } from '@tidegate/formats';
import { type Engine, quoteText } from '@tidegate/runtime';
import { digestOfFile, rm } from '../../platform/index.ts';
import type { ObjectStore } from '../../store/index.ts';
import { parquetOptions, pathOfObject } from './groups/group-parts.ts';
import { asTable, isPlain, names, rowsOfLayers, withPath } from './groups/group-sql.ts';
import { orderTerms } from './rows/row-order.ts';
import { enginesSideBySide, inTurn, sideBySide } from './side-by-side.ts';

export interface PartsRequest {
  readonly store: ObjectStore;
  readonly record: TableRecord;
  /** A folder of the caller's, who removes it. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  /** Which groups are meant. Default: all of them. */
  readonly only?: (group: TableGroup) => boolean;
}

/**
 * The rows of a version as plain Parquet files in the store, one for each group and in the order of the table, for any program that reads Parquet. A
 * group that is stored whole is such a file already; the others are put together.
 *
 * @param openEngine opens an engine of one thread; not called when nothing is to be put together
 */
export async function tableParts(openEngine: () => Promise<Engine>, request: PartsRequest): Promise<readonly TreeEntry[]> {
  const { record, signal, only = () => true } = request;
  const groups = [...record.groups.entries()].filter(([, group]) => only(group));
  const layered = groups.filter(([, group]) => !isPlain(group, record));
  using opened = new DisposableStack();
  const engines: Engine[] = [];
  while (engines.length < Math.min(enginesSideBySide, layered.length)) engines.push(opened.use(await openEngine()));
  const lent = inTurn(engines);
  // while the file of one group is hashed and made durable, the engine puts the next one together
  const hands = [...engines, ...engines].map(() => lent);
  const written = await sideBySide(hands, layered, async (engineDo, [at, group]) => {
    signal.throwIfAborted();
    const path = join(request.scratch, partName(at));
    await engineDo((engine) => writePart(engine, { path, group }, request));
    const stored = await request.store.takeFile(path, await digestOfFile(path));
    await rm(path, { force: true });
    return [at, stored] as const;
  });
  const parts = new Map(written);
  return groups.map(([at, { layers }]) => {
    const stored = parts.get(at) ?? layers[0];
    invariant(stored !== undefined, 'A group begins with its rows');
    return { path: `${record.folder}/${partName(at)}`, digest: stored.digest, bytes: stored.bytes };
  });
}

/** Sorted by name as by row. */
function partName(at: number): string {
  return `part-${String(at).padStart(6, '0')}.parquet`;
}

async function writePart(
  engine: Engine,
  { path, group }: { readonly path: string; readonly group: TableGroup },
  request: PartsRequest,
): Promise<void> {
  const { record } = request;
  const order = orderTerms(record, record.columns).map(({ sql }) => sql);
  const query = `SELECT ${names(record.columns)} FROM (${await groupSql(request, group)}) ORDER BY ${order.join(', ')}`;
  await engine.run(`COPY (${query}) TO ${quoteText(path)} (${parquetOptions})`);
}

/** A SELECT of the rows of one group, in no order. */
export async function groupSql(request: Omit<PartsRequest, 'signal'>, group: TableGroup): Promise<string> {
  const { record } = request;
  const layers = await Promise.all(group.layers.map(async (layer) => withPath(layer, record.schemas, await pathOfObject(request, layer))));
  return asTable(rowsOfLayers(layers, record.key), record.columns);
}
