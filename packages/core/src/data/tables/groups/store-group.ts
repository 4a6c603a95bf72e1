import type { TableColumn } from '@tidegate/formats';
import { quoteName } from '@tidegate/runtime';
import { globText } from '../../read/sql-path.ts';
import { changesTable, compareGroups, flagOf, type GroupChanges, insertedFlag, newRows, oldRows } from './compare-groups.ts';
import { changeColumn, names, rowsOfLayers, sameColumns } from './group-sql.ts';
import { keepLayer, type TableWork, writeLayer, writeRows, type WrittenLayer } from './group-parts.ts';
import { type RowSum, rowSum } from '../rows/row-sum.ts';
import type { StoredLayer } from './stored-layer.ts';

/** A group of the version before. */
export interface FormerGroup extends RowSum {
  readonly layers: readonly StoredLayer[];
}

/** More files than this are not put together to read one group. */
const mostLayers = 6;
/** When more rows of a group than this share of them lie in deltas, it is written anew. */
const mostInDeltas = 1 / 4;

/** The rows of a group as they are now. */
export interface GroupRows {
  /** A SELECT of them, in order. */
  readonly sql: string;
  readonly sum: RowSum;
}

/**
 * Stores the rows of a group: as it was before when nothing changed, as deltas on what is stored when they are smaller, else whole.
 * A delta is used only when it was shown to give these very rows.
 */
export async function storeGroup(work: TableWork, group: GroupRows, former: FormerGroup | null): Promise<FormerGroup> {
  const { columns, order } = work;
  const { sql, sum } = group;
  if (former === null) return { ...sum, layers: [await keepLayer(work, await writeRows(work, sql, sum.rows))] };
  const before = rowsOfLayers(former.layers, order.key);
  if (former.rows === sum.rows && former.sum === sum.sum && haveSame(before.columns, columns)) return former;
  const news = await changeLayers(work, { group, former });
  const layers = news === null ? [await keepLayer(work, await writeRows(work, sql, sum.rows))] : await smaller(work, { group, ...news });
  return { ...sum, layers };
}

/** Whether there are the same columns, in whatever order. */
function haveSame(one: readonly TableColumn[], other: readonly TableColumn[]): boolean {
  const sorted = (columns: readonly TableColumn[]): readonly TableColumn[] => [...columns].sort((a, b) => (a.name < b.name ? -1 : 1));
  return sameColumns(sorted(one), sorted(other));
}

interface NewLayers {
  readonly kept: readonly StoredLayer[];
  readonly added: readonly WrittenLayer[];
}

interface GroupChange {
  readonly group: GroupRows;
  readonly former: FormerGroup;
}

/** The layers to put on those that are there; null when the group is better written whole. */
async function changeLayers(work: TableWork, change: GroupChange): Promise<NewLayers | null> {
  const news = await (work.order.key.length === 0 ? bagLayers(work, change) : keyedLayers(work, change));
  const [base, ...more] = news?.kept ?? [];
  if (news === null || base === undefined) return null;
  const inDeltas = [...more, ...news.added].reduce((sum, layer) => sum + (layer.kind === 'delta' ? layer.rows : 0), 0);
  return inDeltas > base.rows * mostInDeltas || news.kept.length + news.added.length > mostLayers ? null : news;
}

/** How many layers stay: all but the deltas on top that are not much longer than the new one, which are made one with it, so that there are few. */
function keptBelow(layers: readonly StoredLayer[], rows: number): number {
  let [end, sum] = [layers.length, rows];
  for (let top = layers[end - 1]; top?.kind === 'delta' && top.rows < 2 * sum; top = layers[end - 1]) {
    sum += top.rows;
    end -= 1;
  }
  return end;
}

async function keyedLayers(work: TableWork, { group, former }: GroupChange): Promise<NewLayers | null> {
  const { engine, columns, order } = work;
  const { key } = order;
  const before = { ...rowsOfLayers(former.layers, key), rows: former.rows };
  const changes = await compareGroups(engine, { before, after: { sql: group.sql, columns, rows: group.sum.rows }, key });
  const replaced = replacedColumns(changes);
  if (2 * replaced.length > columns.length || columns.some(({ name }) => name === 'file_row_number')) return null;
  const named = namedRows(changes, replaced);
  const [counted] = await engine.rows(`SELECT count(*) AS rows FROM ${changesTable} WHERE ${named}`);
  const end = keptBelow(former.layers, Number(counted?.['rows'] ?? 0) + changes.deleted);
  const added: WrittenLayer[] = [];
  const delta = await writeLayer(work, deltaOf(changes, { replaced, named, key, joined: former.layers.slice(end) }));
  if (delta.rows > 0) added.push(delta);
  if (replaced.length > 0) added.push(await writeLayer(work, columnsOf(replaced, key)));
  return { kept: former.layers.slice(0, end), added };
}

/** New columns, and those that are different in more than half of the rows: a file of the column costs less than all those rows. */
function replacedColumns({ shared, added, common, changed }: GroupChanges): readonly TableColumn[] {
  return [...added, ...shared.filter(({ name }) => (changed.get(name) ?? 0) > common / 2)];
}

/** SQL over the changes: whether a row is new, or differs in a column that is not replaced. */
function namedRows({ shared }: GroupChanges, replaced: readonly TableColumn[]): string {
  return [insertedFlag, ...shared.flatMap((column, at) => (replaced.includes(column) ? [] : [flagOf(at)]))].join(' OR ');
}

interface DeltaParts {
  readonly replaced: readonly TableColumn[];
  /** SQL of {@link namedRows}. */
  readonly named: string;
  readonly key: readonly string[];
  /** Deltas that this one stands for as well: it names every row that they name. */
  readonly joined: readonly StoredLayer[];
}

function deltaOf(changes: GroupChanges, { replaced, named, key, joined }: DeltaParts): Parameters<typeof writeLayer>[1] {
  const columns = changes.shared.filter((column) => !replaced.includes(column));
  const keys = new Set(key.map((name) => name.toLowerCase()));
  const gone = columns.map(
    ({ name, type }) => `${keys.has(name.toLowerCase()) ? quoteName(name) : `CAST(NULL AS ${type})`} AS ${quoteName(name)}`,
  );
  const using = key.map(quoteName).join(', ');
  const former = joined.map(({ path }) => `SELECT ${using} FROM read_parquet(${globText(path)})`);
  const there = [`SELECT ${using} FROM ${changesTable} WHERE ${named}`, ...former].join(' UNION ');
  const added =
    joined.length === 0
      ? `FROM ${changesTable} WHERE ${named}` //
      : `FROM ${newRows} SEMI JOIN (${there}) USING (${using})`;
  const away = [...(changes.deleted === 0 ? [] : [`SELECT ${using} FROM ${oldRows}`]), ...former].join(' UNION ');
  const parts = [
    `SELECT '+' AS ${quoteName(changeColumn)}, ${names(columns)} ${added}`,
    ...(away === '' ? [] : [`SELECT '-', ${gone.join(', ')} FROM (${away}) ANTI JOIN ${newRows} USING (${using})`]),
  ];
  return { kind: 'delta', columns, query: `SELECT * FROM (${parts.join(' UNION ALL ')}) ORDER BY ${using}` };
}

function columnsOf(columns: readonly TableColumn[], key: readonly string[]): Parameters<typeof writeLayer>[1] {
  return { kind: 'columns', columns, query: `SELECT ${names(columns)} FROM ${newRows} ORDER BY ${key.map(quoteName).join(', ')}` };
}

/** Of rows without a key: those that are no longer there as often, and those that are there more often. */
async function bagLayers(work: TableWork, { group, former }: GroupChange): Promise<NewLayers | null> {
  if (!haveSame(rowsOfLayers(former.layers, []).columns, work.columns)) return null;
  const first = await bagDelta(work, former.layers, group.sql);
  const kept = former.layers.slice(0, keptBelow(former.layers, first.rows));
  const delta = kept.length === former.layers.length ? first : await bagDelta(work, kept, group.sql);
  return { kept, added: delta.rows === 0 ? [] : [delta] };
}

async function bagDelta(work: TableWork, layers: readonly StoredLayer[], rows: string): Promise<WrittenLayer> {
  const { columns } = work;
  const list = names(columns);
  const change = quoteName(changeColumn);
  const before = rowsOfLayers(layers, []);
  const query = `SELECT * FROM (
      SELECT '-' AS ${change}, * FROM (SELECT ${list} FROM (${before.sql}) EXCEPT ALL SELECT ${list} FROM (${rows}))
      UNION ALL SELECT '+', * FROM (SELECT ${list} FROM (${rows}) EXCEPT ALL SELECT ${list} FROM (${before.sql}))
    ) ORDER BY ALL`;
  return writeLayer(work, { kind: 'delta', columns, query });
}

/** The new layers if they give the rows and are smaller than the group written whole. */
async function smaller(
  work: TableWork,
  { group, kept, added }: NewLayers & { readonly group: GroupRows },
): Promise<readonly StoredLayer[]> {
  const { engine, columns, order } = work;
  const given = rowsOfLayers([...kept, ...added], order.key);
  const found = await rowSum(engine, given.sql, columns);
  const isRight = found.rows === group.sum.rows && found.sum === group.sum.sum;
  const bytes = added.reduce((all, layer) => all + layer.bytes, 0);
  if (isRight && bytes * 4 < (kept[0]?.bytes ?? 0)) return keepAll(work, kept, added);
  const whole = await writeRows(work, group.sql, group.sum.rows);
  return isRight && bytes < whole.bytes ? keepAll(work, kept, added) : [await keepLayer(work, whole)];
}

async function keepAll(work: TableWork, kept: readonly StoredLayer[], added: readonly WrittenLayer[]): Promise<readonly StoredLayer[]> {
  const layers = [...kept];
  for (const layer of added) layers.push(await keepLayer(work, layer));
  return layers;
}
