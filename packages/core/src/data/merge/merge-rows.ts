import { type Engine, quoteName, quoteText, type Row } from '@tidegate/runtime';
import { isFloating } from '../tables/rows/row-sum.ts';
import type { MergedColumn } from './merge-columns.ts';
import { type MergeConflict, mostConflicts, type Side, type SideChange } from './merge-request.ts';

export interface RowsToMerge {
  /** A SELECT of the rows of each version, in the columns that it has. */
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  readonly columns: readonly MergedColumn[];
  readonly prefer: Side | null;
  /** The file to write. */
  readonly path: string;
}

/** What is in the way of merging rows. */
export interface RowConflicts {
  readonly count: number;
  /** The first of them. */
  readonly conflicts: readonly MergeConflict[];
}

const stays = quoteName('tidegate.stays');
const conflict = quoteName('tidegate.conflict');
const disputed = quoteName('tidegate.columns');

/**
 * Merges rows by their key, value by value: what one side has given another value counts. A row that one side removed and the other changed, and a value that both
 * changed differently, are conflicts.
 */
export async function mergeRowsByKey(
  engine: Engine,
  { key, ...request }: RowsToMerge & { readonly key: readonly string[] },
): Promise<RowConflicts | null> {
  const { columns, prefer, path } = request;
  const keys = new Set(key.map((name) => name.toLowerCase()));
  const others = columns.filter(({ name }) => !keys.has(name.toLowerCase()));
  const values = others.map((column) => valueOf(column, prefer));
  const using = `USING (${key.map(quoteName).join(', ')})`;
  const [isInBase, isInOurs, isInTheirs] = [isThere('b'), isThere('o'), isThere('t')];
  const known = values.filter((_, at) => others[at]?.isInBase === true); // a new column is no change of rows that were there
  const [oursChanged, theirsChanged] = [anyOf(known.map(({ ours }) => ours)), anyOf(known.map(({ theirs }) => theirs))];
  const disputes = `list_filter([${values.map(({ column, both }) => `CASE WHEN ${both} THEN ${quoteText(column)} END`).join(', ') || 'NULL'}], c -> c IS NOT NULL)`;
  const what = `CASE
    WHEN ${isInOurs} AND ${isInTheirs} THEN CASE WHEN ${anyOf(values.map(({ both }) => both))} THEN CASE WHEN ${isInBase} THEN 'changed' ELSE 'added' END END
    WHEN ${isInBase} AND ${isInOurs} AND ${oursChanged} THEN 'removed by theirs'
    WHEN ${isInBase} AND ${isInTheirs} AND ${theirsChanged} THEN 'removed by ours' END`;
  const preferred = prefer === null ? 'true' : prefer === 'ours' ? isInOurs : isInTheirs;
  const kept = `CASE WHEN ${isInOurs} AND ${isInTheirs} THEN true WHEN NOT ${isInBase} THEN true
    WHEN ${isInOurs} AND ${oursChanged} THEN ${preferred} WHEN ${isInTheirs} AND ${theirsChanged} THEN ${preferred} ELSE false END`;
  const list = [...key.map(quoteName), ...values.map(({ sql, column }) => `${sql} AS ${quoteName(column)}`)];
  await engine.run(
    `COPY (SELECT ${list.join(', ')}, ${kept} AS ${stays}, ${what} AS ${conflict}, CASE WHEN ${isInOurs} AND ${isInTheirs} THEN ${disputes} END AS ${disputed}
      FROM ${marked(request.base)} b FULL JOIN ${marked(request.ours)} o ${using} FULL JOIN ${marked(request.theirs)} t ${using})
      TO ${quoteText(path)} (FORMAT parquet, COMPRESSION snappy)`,
  );
  const file = `read_parquet(${quoteText(path)})`;
  const [counted] = prefer === null ? await engine.rows(`SELECT count(*) AS n FROM ${file} WHERE ${conflict} IS NOT NULL`) : [];
  const count = Number(counted?.['n'] ?? 0);
  if (count === 0) return null;
  const shown = key.map((name, at) => `CAST(${quoteName(name)} AS VARCHAR) AS k${at}`).join(', ');
  const rows = await engine.rows(
    `SELECT ${shown}, ${conflict} AS what, ${disputed} AS columns FROM ${file} WHERE ${conflict} IS NOT NULL
     ORDER BY ${key.map(quoteName).join(', ')} LIMIT ${mostConflicts}`,
  );
  return { count, conflicts: rows.map((row) => rowConflict(row, key)) };
}

const presence = quoteName('tidegate.is_there');

/** SQL of whether the row is there on a side: `b`, `o` or `t`. */
function isThere(side: string): string {
  return `(${side}.${presence} IS NOT NULL)`;
}

function marked(sql: string): string {
  return `(SELECT *, true AS ${presence} FROM (${sql}))`;
}

/** SQL over `b`, `o` and `t` of one column that is not in the key. */
interface ValueSql {
  readonly column: string;
  /** The merged value. */
  readonly sql: string;
  /** Whether a side gave it another value, and whether both did and not the same one. */
  readonly ours: string;
  readonly theirs: string;
  readonly both: string;
}

function valueOf({ name, type, isInBase, isInOurs, isInTheirs }: MergedColumn, prefer: Side | null): ValueSql {
  const none = `CAST(NULL AS ${type})`;
  const at = (side: string, isIn: boolean): string => (isIn ? `${side}.${quoteName(name)}` : none);
  const [base, own, other] = [at('b', isInBase), at('o', isInOurs), at('t', isInTheirs)];
  const ours = isInOurs ? differ(own, base, type) : 'false';
  const theirs = isInTheirs ? differ(other, base, type) : 'false';
  const both = `(${ours} AND ${theirs} AND ${differ(own, other, type)})`;
  const chosen = prefer === 'theirs' ? `WHEN ${theirs} THEN ${other} ELSE ${own}` : `WHEN ${ours} THEN ${own} ELSE ${other}`;
  const sql = `CASE WHEN NOT ${isThere('t')} THEN ${own} WHEN NOT ${isThere('o')} THEN ${other} ${chosen} END`;
  return { column: name, sql: isInOurs && isInTheirs ? sql : isInOurs ? own : other, ours, theirs, both };
}

/** 0 and -0 are equal for the engine. */
function differ(one: string, other: string, type: string): string {
  const plain = `${one} IS DISTINCT FROM ${other}`;
  return isFloating(type) ? `(${plain} OR signbit(${one}) IS DISTINCT FROM signbit(${other}))` : `(${plain})`;
}

function anyOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'false' : `(${conditions.join(' OR ')})`;
}

function rowConflict(row: Row, key: readonly string[]): MergeConflict {
  const what = String(row['what']);
  const side = (name: Side): SideChange => (what === 'added' ? 'added' : what === `removed by ${name}` ? 'removed' : 'changed');
  const columns = row['columns'];
  return {
    kind: 'row',
    key: Object.fromEntries(key.map((name, at) => [name, String(row[`k${at}`])])),
    ours: side('ours'),
    theirs: side('theirs'),
    columns: Array.isArray(columns) ? columns.map(String) : [],
  };
}

/**
 * Merges rows that nothing tells apart, by how often each is there: as often as a side has made it, or with what both have added and taken out. No side can be
 * preferred: nothing tells which rows of it stand for which of the other.
 *
 * @returns null when there are no conflicts; then the file is what {@link mergedRows} reads
 */
export async function mergeRowsAsBags(
  engine: Engine,
  { base, ours, theirs, columns, path }: Omit<RowsToMerge, 'prefer'>,
): Promise<RowConflicts | null> {
  const list = columns.map(({ name }) => quoteName(name)).join(', ');
  const counts = ['b', 'o', 't'].map((side) => `count(*) FILTER (WHERE ${presence} = '${side}') AS "tidegate.${side}"`);
  const all = Object.entries({ b: base, o: ours, t: theirs }).map(
    ([side, sql]) => `SELECT ${list}, '${side}' AS ${presence} FROM (${sql})`,
  );
  const [b, o, t] = ['"tidegate.b"', '"tidegate.o"', '"tidegate.t"'];
  const times = `CASE WHEN ${o} = ${b} THEN ${t} WHEN ${t} = ${b} OR ${o} = ${t} THEN ${o} ELSE greatest(${o} + ${t} - ${b}, 0) END`;
  await engine.run(
    `COPY (SELECT *, ${times} AS ${stays} FROM (SELECT ${list}, ${counts.join(', ')} FROM (${all.join(' UNION ALL ')}) GROUP BY ALL))
      TO ${quoteText(path)} (FORMAT parquet, COMPRESSION snappy)`,
  );
  const file = `read_parquet(${quoteText(path)})`;
  const [found = {}] = await engine.rows(
    `SELECT count(*) FILTER (WHERE ${o} < ${b} AND ${t} < ${b}) AS out, count(*) FILTER (WHERE ${o} > ${b} AND ${o} > ${t}) AS own,
      count(*) FILTER (WHERE ${t} > ${b} AND ${t} > ${o}) AS other FROM ${file}`,
  );
  const [out, own, other] = [Number(found['out'] ?? 0), Number(found['own'] ?? 0), Number(found['other'] ?? 0)];
  return out > 0 && own > 0 && other > 0 ? { count: out, conflicts: [{ kind: 'shape', problem: 'rows without a key' }] } : null;
}

/** A SELECT of the rows in files that rows were merged into: by their key, or as often as each is to be there. */
export function mergedRows(columns: readonly MergedColumn[], paths: readonly string[], haveKey: boolean): string {
  const files = `read_parquet([${paths.map(quoteText).join(', ')}])`;
  return haveKey
    ? `SELECT ${typed(columns)} FROM ${files} WHERE ${stays}`
    : `SELECT ${typed(columns)} FROM (SELECT *, unnest(range(${stays})) FROM ${files})`;
}

/** The columns with the types of the table, some of which a file has under another name. */
function typed(columns: readonly MergedColumn[]): string {
  return columns.map(({ name, type }) => `CAST(${quoteName(name)} AS ${type}) AS ${quoteName(name)}`).join(', ');
}
