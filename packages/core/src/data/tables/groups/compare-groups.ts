import type { TableColumn } from '@tidegate/formats';
import { type Engine, quoteName } from '@tidegate/runtime';
import { names, type Rows } from './group-sql.ts';
import { isFloating } from '../rows/row-sum.ts';

/** How the rows of a group differ from those of before; the rows themselves can be read in the engine. */
export interface GroupChanges {
  /** Columns that both have with the same type. */
  readonly shared: readonly TableColumn[];
  /** Columns that are new, or have another type. */
  readonly added: readonly TableColumn[];
  readonly inserted: number;
  readonly deleted: number;
  /** Rows that both have, and of those how many differ by column of `shared`. */
  readonly common: number;
  readonly changed: ReadonlyMap<string, number>;
}

/** The rows of now, and those of before in the columns that both have. */
export const newRows = 'temp.tidegate_new';
export const oldRows = 'temp.tidegate_old';
/** Rows that are new or changed, with the flags of {@link flagOf}. */
export const changesTable = 'temp.tidegate_changes';
export const insertedFlag = quoteName('tidegate.inserted');

/** The column of {@link changesTable} that says whether the column at this place of `shared` differs. */
export function flagOf(at: number): string {
  return quoteName(`tidegate.changed.${at}`);
}

export interface Comparison {
  readonly before: Rows & { readonly rows: number };
  readonly after: Rows & { readonly rows: number };
  readonly key: readonly string[];
}

/** Compares two states of a group by key, column by column. Neither is held in memory as a whole but for the join. */
export async function compareGroups(engine: Engine, { before, after, key }: Comparison): Promise<GroupChanges> {
  const olds = new Map(before.columns.map(({ name, type }) => [name.toLowerCase(), type]));
  const shared = after.columns.filter(({ name, type }) => olds.get(name.toLowerCase()) === type);
  const added = after.columns.filter((column) => !shared.includes(column));
  await engine.run(`CREATE OR REPLACE TEMP VIEW tidegate_new AS SELECT ${names(after.columns)} FROM (${after.sql})`);
  await engine.run(`CREATE OR REPLACE TEMP VIEW tidegate_old AS SELECT ${names(shared)} FROM (${before.sql})`);
  const flags = shared.map(({ name, type }, at) => `${differs(name, type)} AS ${flagOf(at)}`);
  const on = key.map((name) => `n.${quoteName(name)} = o.${quoteName(name)}`).join(' AND ');
  const there = `o.${quoteName(key[0] ?? '')} IS NULL`;
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE tidegate_changes AS SELECT * FROM (
      SELECT n.*, ${there} AS ${insertedFlag}, ${flags.join(', ')} FROM ${newRows} n LEFT JOIN ${oldRows} o ON ${on}
    ) WHERE ${[insertedFlag, ...shared.map((_, at) => flagOf(at))].join(' OR ')}`,
  );
  const counts = shared.map((_, at) => `count(*) FILTER (WHERE NOT ${insertedFlag} AND ${flagOf(at)}) AS f${at}`);
  const [row = {}] = await engine.rows(
    `SELECT count(*) FILTER (WHERE ${insertedFlag}) AS inserted, ${counts.join(', ')} FROM ${changesTable}`,
  );
  const inserted = Number(row['inserted'] ?? 0);
  const common = after.rows - inserted;
  return {
    shared,
    added,
    inserted,
    deleted: before.rows - common,
    common,
    changed: new Map(shared.map(({ name }, at) => [name, Number(row[`f${at}`] ?? 0)])),
  };
}

/** SQL over `n` and `o`: whether a value is another one. 0 and -0 are equal for the engine. */
export function differs(name: string, type: string): string {
  const [one, other] = [`n.${quoteName(name)}`, `o.${quoteName(name)}`];
  const plain = `${one} IS DISTINCT FROM ${other}`;
  return isFloating(type) ? `(${plain} OR signbit(${one}) IS DISTINCT FROM signbit(${other}))` : plain;
}
