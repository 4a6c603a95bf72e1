import type { TableColumn } from '@tidegate/formats';
import { type Cell, type Engine, quoteName, quoteText, type Row } from '@tidegate/runtime';
import { differs } from '../tables/groups/compare-groups.ts';
import type { Rows } from '../tables/groups/group-sql.ts';
import type { ExampleRow, PartDifference } from './row-difference.ts';

export interface DiffRequest {
  readonly before: Rows;
  readonly after: Rows;
  /** At least one column, which both have. */
  readonly key: readonly string[];
  /** Most examples of each kind. */
  readonly limit: number;
}

/** Rows told apart by a key: which are there in one version only, and which have other values in a column that both have with one type. */
export async function diffByKey(engine: Engine, { before, after, key, limit }: DiffRequest): Promise<PartDifference> {
  const shared = sharedColumns(before.columns, after.columns);
  const pairs = strangers(before.columns, after.columns);
  const on = key.map((name) => `o.${quoteName(name)} = n.${quoteName(name)}`).join(' AND ');
  const first = quoteName(key[0] ?? '');
  const [isNew, isGone] = [`o.${first} IS NULL`, `n.${first} IS NULL`];
  const isChanged = shared.map(({ name, type }) => differs(name, type)).join(' OR ');
  const joined = `(${before.sql}) o FULL JOIN (${after.sql}) n ON ${on}`;
  const kind = `CASE WHEN ${isNew} THEN 'added' WHEN ${isGone} THEN 'removed' ELSE 'changed' END`;
  // with columns that may be renamed every row has its say, else only those that differ
  const where = pairs.length > 0 ? '' : `WHERE ${isNew} OR ${isGone} OR ${isChanged}`;
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE tidegate_diff AS SELECT ${rowOf('o', before)}, ${rowOf('n', after)}, ${kind} AS kind, ${kind} <> 'changed' OR ${isChanged} AS counts FROM ${joined} ${where}`,
  );
  const columns = shared.map(({ name, type }, at) => `count(*) FILTER (WHERE kind = 'changed' AND ${differs(name, type)}) AS c${at}`);
  const alike = pairs.map(
    ([one, other], at) =>
      `coalesce(bool_and(o.${quoteName(one)} IS NOT DISTINCT FROM n.${quoteName(other)}) FILTER (WHERE kind = 'changed'), false) AS p${at}`,
  );
  const counts = ['added', 'removed', 'changed'].map((name) => `count(*) FILTER (WHERE counts AND kind = '${name}') AS ${name}`);
  const [row = {}] = await engine.rows(`SELECT ${[...counts, ...columns, ...alike].join(', ')} FROM tidegate_diff`);
  const examples = async (name: string): Promise<readonly Row[]> =>
    limit === 0 || Number(row[name] ?? 0) === 0
      ? []
      : engine.rows(
          `SELECT o, n FROM tidegate_diff WHERE counts AND kind = '${name}' ORDER BY ${key.map((column) => `coalesce(n.${quoteName(column)}, o.${quoteName(column)})`).join(', ')} LIMIT ${limit}`,
        );
  return {
    added: Number(row['added'] ?? 0),
    removed: Number(row['removed'] ?? 0),
    changed: Number(row['changed'] ?? 0),
    changedColumns: shared.map(({ name }, at) => ({ name, rows: Number(row[`c${at}`] ?? 0) })).filter(({ rows }) => rows > 0),
    examples: {
      added: (await examples('added')).map(({ n }) => asRow(n)),
      removed: (await examples('removed')).map(({ o }) => asRow(o)),
      changed: (await examples('changed')).map(({ o, n }) => ({ before: asRow(o), after: asRow(n) })),
    },
    alike: pairs.filter((_, at) => row[`p${at}`] === true).map((pair) => JSON.stringify(pair)),
  };
}

/** A whole row as a value. Its name alone would mean a column that is called so. */
function rowOf(name: 'o' | 'n', { columns }: Rows): string {
  return `{${columns.map((column) => `${quoteText(column.name)}: ${name}.${quoteName(column.name)}`).join(', ')}} AS ${name}`;
}

function asRow(cell: Cell | undefined): ExampleRow {
  return typeof cell === 'object' && cell !== null && !Array.isArray(cell) ? (cell as ExampleRow) : {};
}

/** Columns that both have with the same name and type. */
export function sharedColumns(before: readonly TableColumn[], after: readonly TableColumn[]): readonly TableColumn[] {
  const types = new Map(before.map(({ name, type }) => [name.toLowerCase(), type]));
  return after.filter(({ name, type }) => types.get(name.toLowerCase()) === type);
}

/** More columns than this on either side are not tried with one another. */
const mostStrangers = 8;

/** Every pair of a column that went and one that came with the same type: one may be the other under a new name. */
function strangers(before: readonly TableColumn[], after: readonly TableColumn[]): readonly (readonly [string, string])[] {
  const has = (columns: readonly TableColumn[], name: string): boolean =>
    columns.some((column) => column.name.toLowerCase() === name.toLowerCase());
  const gone = before.filter(({ name }) => !has(after, name));
  const came = after.filter(({ name }) => !has(before, name));
  if (gone.length > mostStrangers || came.length > mostStrangers) return [];
  return gone.flatMap((one) => came.filter(({ type }) => type === one.type).map(({ name }) => [one.name, name] as const));
}
