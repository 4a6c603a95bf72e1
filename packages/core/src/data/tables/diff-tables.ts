import type { TableGroup, TableRecord } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';
import type { ObjectStore } from '../../store/index.ts';
import { globText } from '../read/sql-path.ts';
import { diffAsBags } from '../rows/diff-as-bags.ts';
import { diffByKey } from '../rows/diff-by-key.ts';
import { inAll, type PartDifference, type RowDifference } from '../rows/row-difference.ts';
import { pathOfObject } from './groups/group-parts.ts';
import { hasSameRows, spans } from './groups/matching-groups.ts';
import { asTable, type Rows, rowsOfLayers, withPath } from './groups/group-sql.ts';
import { sideBySide } from './side-by-side.ts';
import type { StoredLayer } from './groups/stored-layer.ts';

export interface DiffTablesRequest {
  readonly before: TableRecord;
  readonly after: TableRecord;
  readonly limit: number;
  readonly store: ObjectStore;
  readonly scratch: string;
  readonly signal: AbortSignal;
}

/** Groups of both versions whose rows are compared with one another, and with no others. */
interface GroupPair {
  readonly before: readonly TableGroup[];
  readonly after: readonly TableGroup[];
}

/** The rows that differ between two versions with one key, or with none. Groups that both have are not read, and of two that share files only the rows that the others name. */
export async function diffTables(engines: readonly Engine[], request: DiffTablesRequest): Promise<RowDifference> {
  const { before, after, limit, signal } = request;
  const pairs = pairsOf(before, after);
  const parts = await sideBySide(engines, pairs, (engine, pair) => {
    signal.throwIfAborted();
    return diffPair(engine, pair, request);
  });
  const { alike, ...all } = inAll(parts, limit);
  const read = pairs.reduce((sum, pair) => sum + pair.before.length + pair.after.length, 0);
  const renamed = alike.map((pair) => JSON.parse(pair) as readonly [string, string]).map(([one, other]) => ({ before: one, after: other }));
  return { key: after.key, ...all, renamed, pieces: { all: before.groups.length + after.groups.length, read } };
}

/** Groups that end at the same keys in both versions by themselves, all others together. */
function pairsOf(before: TableRecord, after: TableRecord): readonly GroupPair[] {
  const [olds, news] = [spans(before), spans(after)];
  const sameColumns = JSON.stringify(before.columns) === JSON.stringify(after.columns);
  const pairs: GroupPair[] = [];
  const rest = { before: new Map(olds), after: [] as TableGroup[] };
  for (const [span, group] of news) {
    const old = rest.before.get(span);
    if (old === undefined) rest.after.push(group);
    else {
      rest.before.delete(span);
      if (!sameColumns || !hasSameRows(old, group, before.sumRule === after.sumRule)) pairs.push({ before: [old], after: [group] });
    }
  }
  const isRest = rest.before.size > 0 || rest.after.length > 0;
  return isRest ? [...pairs, { before: [...rest.before.values()], after: rest.after }] : pairs;
}

async function diffPair(engine: Engine, pair: GroupPair, request: DiffTablesRequest): Promise<PartDifference> {
  const { before, after, limit } = request;
  const { key } = after;
  const [olds, news] = [await layersOf(before, pair.before, request), await layersOf(after, pair.after, request)];
  const touched = key.length === 0 ? null : await touchedBase(engine, { olds, news, key, columns: [before, after] });
  const sides = {
    before: sideOf(olds, before, touched),
    after: sideOf(news, after, touched),
  };
  return key.length === 0 ? diffAsBags(engine, { ...sides, limit }) : diffByKey(engine, { ...sides, key, limit });
}

async function layersOf(
  { schemas }: TableRecord,
  groups: readonly TableGroup[],
  request: DiffTablesRequest,
): Promise<readonly (readonly StoredLayer[])[]> {
  const opened: (readonly StoredLayer[])[] = [];
  for (const { layers } of groups)
    opened.push(await Promise.all(layers.map(async (layer) => withPath(layer, schemas, await pathOfObject(request, layer)))));
  return opened;
}

/** The rows of one side of a pair in the columns of its version. `base` stands for the first layer. */
function sideOf(groups: readonly (readonly StoredLayer[])[], { key, columns }: TableRecord, base: string | null): Rows {
  const none = `SELECT ${columns.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${quoteName(name)}`).join(', ')} WHERE false`;
  const all = groups.map((layers) => asTable(rowsOfLayers(layers, key, base ?? undefined), columns));
  return { sql: all.length === 0 ? none : all.join(' UNION ALL '), columns };
}

interface Touched {
  readonly olds: readonly (readonly StoredLayer[])[];
  readonly news: readonly (readonly StoredLayer[])[];
  readonly key: readonly string[];
  readonly columns: readonly TableRecord[];
}

/** Of two groups that have their first file in common and deltas above: the rows of that file which any of the deltas names. Null for others. */
async function touchedBase(engine: Engine, { olds, news, key, columns }: Touched): Promise<string | null> {
  const old = olds[0] ?? [];
  const young = news[0] ?? [];
  const [base] = old;
  const above = [...old.slice(1), ...young.slice(1)];
  const isOnePair = olds.length === 1 && news.length === 1 && JSON.stringify(columns[0]?.columns) === JSON.stringify(columns[1]?.columns);
  if (!isOnePair || base === undefined || base.digest !== young[0]?.digest || above.some(({ kind }) => kind !== 'delta')) return null;
  const keys = key.map(quoteName).join(', ');
  const files = above.map(({ path }) => globText(path)).join(', ');
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE tidegate_base AS SELECT * FROM read_parquet(${globText(base.path)})
     SEMI JOIN (SELECT ${keys} FROM read_parquet([${files}], union_by_name = true)) USING (${keys})`,
  );
  return 'tidegate_base';
}
