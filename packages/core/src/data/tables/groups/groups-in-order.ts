import { join } from 'node:path';
import type { TableColumn } from '@tidegate/formats';
import { type Engine, quoteText } from '@tidegate/runtime';
import { stat } from '../../../platform/index.ts';
import { isCutSql, namedValues, orderedValues, type PlaceInOrder } from '../rows/sort-rows.ts';
import { orderTerms, type OrderTerm } from '../rows/row-order.ts';
import { rowsPerGroupOf, rowsToMeasure } from '../rows/rows-per-group.ts';
import { sumOfHashes, sumRule } from '../rows/row-sum.ts';
import { sideBySide } from '../side-by-side.ts';
import { type GroupCuts, groupCuts, groupLengths } from './group-cuts.ts';
import { groupOptions } from './group-parts.ts';
import type { GroupedRows, GroupFile } from './grouped-rows.ts';

/**
 * Makes groups of rows while they come, as long as they come in the order of their key: then nothing is sorted, and each row is written once. The groups are those, byte for
 * byte, that `storeTable` would make of the same rows in whatever order.
 */
export interface GroupsInOrder {
  /** The select list, over rows with the table's columns, of what `take` takes. */
  readonly values: string;
  /** The select list that gives the columns of the table back. */
  readonly names: string;
  /**
   * Takes the rows of a table of the engine, in the order in which they lie there. The table is dropped when its rows are written. One call at a time.
   * @returns false when they are not behind all rows that were taken, each with another key: then none of them is taken
   */
  readonly take: (table: string) => Promise<boolean>;
  /** The groups of all rows that were taken. Of no row there is none. */
  readonly finish: () => Promise<GroupedRows>;
  /** In the place of `finish`, when the order ends: writes the rows that are in no file yet. @returns all files */
  readonly leave: () => Promise<readonly string[]>;
}

export interface InOrderRequest {
  readonly columns: readonly TableColumn[];
  readonly key: readonly string[];
  /** Where the files are written; theirs are the only ones there that begin with `group-`. */
  readonly folder: string;
  /** About how many rows a group gets. Default: as many as make some MB. */
  readonly rowsPerGroup?: number;
}

/** Types whose values the engine compares as it orders them, with no NULL inside. */
const comparable =
  /^(BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)|DATE|TIME|TIMESTAMP|TIMESTAMP WITH TIME ZONE|UUID|VARCHAR|BLOB)$/;

/** Whether it can be told of rows that they come in the order of this key. */
export function canBeInOrder({ columns, key }: Pick<InOrderRequest, 'columns' | 'key'>): boolean {
  const types = new Map(columns.map(({ name, type }) => [name.toLowerCase(), type]));
  return key.length > 0 && key.every((name) => comparable.test(types.get(name.toLowerCase()) ?? ''));
}

/** Rows of a table of the engine: the places from `start` up to, but not including, `end`. */
interface HeldRows {
  readonly table: string;
  readonly start: number;
  readonly end: number;
}

/** @param engines connections to the same tables, each of which writes a group at a time */
export function groupsInOrder(engines: readonly [Engine, ...Engine[]], request: InOrderRequest): GroupsInOrder {
  const { columns, key, folder } = request;
  const [engine] = engines;
  const terms = orderTerms({ key, partition: null }, columns);
  const groups: GroupFile[] = [];
  let held: readonly HeldRows[] = [];
  let total = 0;
  let lengths: { readonly rowsPerGroup: number; readonly cuts: GroupCuts } | null = null;
  let candidates: PlaceInOrder[] = []; // those of which no group was made yet
  let isLookedAt = 0; // places before this one were asked for candidates
  let open: PlaceInOrder = { at: 0, from: [] }; // the group to which the last row belongs

  const drop = async (tables: readonly string[]): Promise<true> => {
    for (const table of tables) await engine.run(`DROP TABLE ${table}`);
    return true;
  };
  const pathOf = (number: number): string => join(folder, `group-${String(number).padStart(6, '0')}.parquet`);
  const write = async (writer: Engine, range: { readonly start: number; readonly end: number }, path: string): Promise<void> =>
    writer.run(`COPY (${rowsIn(held, range, namedValues(columns))}) TO ${quoteText(path)} (${groupOptions(range.end - range.start)})`);
  const writeGroups = async (begins: readonly PlaceInOrder[], end: number): Promise<void> => {
    const ranges = begins.map(({ at, from }, index) => ({ from, start: at, end: begins[index + 1]?.at ?? end }));
    const first = groups.length;
    const written = await sideBySide(engines, [...ranges.entries()], async (writer, [index, { from, ...range }]) => {
      const path = pathOf(first + index);
      await write(writer, range, path);
      return { from, path, ...(await sumOfHashes(writer, rowsIn(held, range, 'h'), 'h')) };
    });
    groups.push(...written);
    await drop(held.filter((rows) => rows.end <= end).map(({ table }) => table));
    held = held.filter((rows) => rows.end > end);
  };
  const measured = async (): Promise<number> => {
    const [path, rows] = [join(folder, 'measure.parquet'), Math.min(total, rowsToMeasure)];
    await write(engine, { start: 0, end: rows }, path);
    return rowsPerGroupOf({ rows, bytes: (await stat(path)).size });
  };
  const look = async (isEnd: boolean): Promise<void> => {
    if (lengths === null) {
      if (request.rowsPerGroup === undefined && total < rowsToMeasure && !isEnd) return;
      const rowsPerGroup = request.rowsPerGroup ?? (await measured());
      lengths = { rowsPerGroup, cuts: groupCuts(0, rowsPerGroup) };
      open = (await placesIn(engine, terms, held[0], 'rowid = 0'))[0] ?? open;
    }
    const { least, most } = groupLengths(lengths.rowsPerGroup);
    for (const rows of held.filter(({ start }) => start >= isLookedAt))
      candidates.push(...(await placesIn(engine, terms, rows, isCutSql(terms, least))).filter(({ at }) => at > 0));
    isLookedAt = total;
    if (total <= most) return;
    const chosen = lengths.cuts.take(candidates, total);
    candidates = [];
    const begins = [open];
    for (const cut of chosen) begins.push(...(typeof cut === 'number' ? await placesAt(cut) : [cut]));
    const last = begins.pop() ?? open;
    await writeGroups(begins, last.at);
    open = last;
  };
  const placesAt = async (at: number): Promise<readonly PlaceInOrder[]> => {
    const rows = held.find(({ start, end }) => at >= start && at < end);
    return placesIn(engine, terms, rows, `rowid = ${at - (rows?.start ?? 0)}`);
  };

  return {
    values: orderedValues(terms, columns),
    names: namedValues(columns),
    take: async (table) => {
      const count = await rowsBehind(engine, terms, { table, last: held.at(-1) ?? null });
      if (count === null) return false;
      if (count === 0 && total > 0) return drop([table]);
      held = [...held, { table, start: total, end: total + count }];
      total += count;
      await look(false);
      return true;
    },
    finish: async () => {
      await look(true);
      if (total > 0) await writeGroups([open], total);
      return { columns, key, rowsPerGroup: lengths?.rowsPerGroup ?? 0, sumRule: await sumRule(engine), groups };
    },
    leave: async () => {
      const rest = join(folder, 'rest.parquet');
      if (held.length > 0) await write(engine, { start: open.at, end: total }, rest);
      await drop(held.map(({ table }) => table));
      return [...groups.map(({ path }) => path), ...(held.length > 0 ? [rest] : [])];
    },
  };
}

/** SQL of the rows of a range, in their order. */
function rowsIn(held: readonly HeldRows[], { start, end }: { readonly start: number; readonly end: number }, list: string): string {
  const inRange = held.filter((rows) => rows.start < end && rows.end > start);
  return (inRange.length === 0 ? held.slice(0, 1) : inRange)
    .map((rows) => `SELECT ${list} FROM ${rows.table} WHERE rowid >= ${start - rows.start} AND rowid < ${end - rows.start}`)
    .join(' UNION ALL ');
}

async function placesIn(
  engine: Engine,
  terms: readonly OrderTerm[],
  rows: HeldRows | undefined,
  condition: string,
): Promise<readonly PlaceInOrder[]> {
  if (rows === undefined) return [];
  const list = terms.map((_, at) => `CAST(t${at} AS VARCHAR) AS t${at}`).join(', ');
  const found = await engine.rows(`SELECT rowid AS at, ${list} FROM ${rows.table} WHERE ${condition} ORDER BY rowid`);
  return found.map((row) => ({ at: rows.start + Number(row['at']), from: terms.map((_, at) => String(row[`t${at}`])) }));
}

/** How many rows a table has, when each is behind the one before it and the first one behind the last one of another table; else null. */
async function rowsBehind(
  engine: Engine,
  terms: readonly OrderTerm[],
  { table, last }: { readonly table: string; readonly last: HeldRows | null },
): Promise<number | null> {
  const values = terms.map((_, at) => `t${at}`);
  const before = values.map((value) => `lag(${value}) OVER ()`);
  const filled = values.map((value) => `count(${value}) = count(*)`).join(' AND ');
  const [found] = await engine.rows(
    `SELECT count(*) AS rows, count(*) FILTER (WHERE behind) AS behind, ${filled} AS filled FROM (SELECT *, ${isBehind(values, before)} AS behind FROM (SELECT ${values.join(', ')} FROM ${table}))`,
  );
  const rows = Number(found?.['rows']);
  if (rows === 0) return 0;
  if (found?.['filled'] !== true || Number(found['behind']) !== rows - 1) return null;
  if (last === null) return rows;
  const [joint] = await engine.rows(
    `SELECT ${isBehind(
      values.map((value) => `n.${value}`),
      values.map((value) => `o.${value}`),
    )} AS behind FROM ${table} n, ${last.table} o WHERE n.rowid = 0 AND o.rowid = ${last.end - last.start - 1}`,
  );
  return joint?.['behind'] === true ? rows : null;
}

/** SQL: whether values are greater than others, the first ones counting most. */
function isBehind([value, ...values]: readonly string[], [other, ...others]: readonly string[]): string {
  return value === undefined || other === undefined
    ? 'false'
    : `(${value} > ${other} OR (${value} = ${other} AND ${isBehind(values, others)}))`;
}
