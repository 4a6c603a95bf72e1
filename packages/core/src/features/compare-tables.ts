import type { Engine } from '@tidegate/runtime';

/** A column to compare, as the tables name it. */
export interface ComparedColumn {
  /** Name for people. */
  readonly name: string;
  readonly internal: string;
  readonly isNumber: boolean;
}

export interface Comparison {
  /** SQL of the two tables' rows. */
  readonly full: string;
  readonly replayed: string;
  /** Columns that make a row's identity, never NULL. */
  readonly identity: readonly string[];
  readonly columns: readonly ComparedColumn[];
  /** Column of `full` by which the newest rows are told. */
  readonly order: string;
  /** Whether a row that is in one table only counts. */
  readonly existence: boolean;
}

/** Differences by column name; `''` stands for rows that are in one table only. */
export interface Differences {
  readonly rows: number;
  readonly byColumn: ReadonlyMap<string, Difference>;
}

export interface Difference {
  readonly differing: number;
  readonly compared: number;
}

/** Rows at the end of which the share that differs is told: it is these that were asked about just then. */
const newestRows = 300;

/**
 * Compares two tables row by row. Numbers are equal when they differ by less than one part in a million, or a thousand-millionth of the largest
 * in the column: sums of fractions depend on their order. A column's count is over the newest rows when those differ, over all otherwise.
 */
export async function compareTables(engine: Engine, comparison: Comparison): Promise<Differences> {
  const { columns, existence } = comparison;
  const flags = [
    ...columns.map(({ name, internal }) => ({ name, flag: `d_${internal}` })),
    ...(existence ? [{ name: '', flag: 'd_existence' }] : []),
  ];
  const counts = flags.map(({ flag }) => `, count(*) FILTER (${flag}) AS all_${flag}, count(*) FILTER (${flag} AND newest) AS new_${flag}`);
  const [row] = await engine.rows(
    `${marked(comparison)} SELECT count(*) AS rows, count(*) FILTER (newest) AS newest${counts.join('')} FROM marked`,
  );
  const number = (name: string): number => Number(row?.[name] ?? 0);
  const byColumn = new Map<string, Difference>();
  for (const { name, flag } of flags) {
    const inNewest = number(`new_${flag}`);
    if (inNewest > 0) byColumn.set(name, { differing: inNewest, compared: number('newest') });
    else if (number(`all_${flag}`) > 0) byColumn.set(name, { differing: number(`all_${flag}`), compared: number('rows') });
  }
  return { rows: number('rows'), byColumn };
}

/** Pairs of rows, for each whether it is among the newest and in which columns it differs. */
function marked({ full, replayed, identity, columns, order, existence }: Comparison): string {
  const numbers = columns
    .filter((column) => column.isNumber)
    .map(({ internal }) => `max(abs(${internal})) FILTER (isfinite(CAST(${internal} AS DOUBLE))) AS largest_${internal}`);
  const edge = `(SELECT min(${order}) FROM (SELECT ${order} FROM a ORDER BY ${order} DESC LIMIT ${newestRows}))`;
  return `WITH a AS (SELECT *, true AS there FROM (${full})), b AS (SELECT *, true AS there FROM (${replayed})),
    scale AS MATERIALIZED (SELECT ${[`count(*) AS rows`, `${edge} AS edge`, ...numbers].join(', ')} FROM a),
    marked AS (SELECT ${[`coalesce(a.${order}, b.${order}) >= (SELECT edge FROM scale) AS newest`, '(a.there IS NULL OR b.there IS NULL) AS d_existence', ...columns.map((column) => `${differsIn(column)} AS d_${column.internal}`)].join(', ')}
      FROM a ${existence ? 'FULL' : 'INNER'} JOIN b ON ${identity.map((name) => `a.${name} = b.${name}`).join(' AND ')})`;
}

function differsIn({ internal, isNumber }: ComparedColumn): string {
  const [a, b] = [`a.${internal}`, `b.${internal}`];
  const distinct = `(a.there AND b.there AND ${a} IS DISTINCT FROM ${b})`;
  if (!isNumber) return distinct;
  return `(${distinct} AND NOT coalesce(abs(${a} - ${b}) <= 1e-6 * greatest(abs(${a}), abs(${b})) + 1e-9 * (SELECT largest_${internal} FROM scale), false))`;
}
