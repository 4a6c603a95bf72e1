import { type Engine, quoteName } from '@tidegate/runtime';

/**
 * The rows of a view in the engine, under names of our own: `key_0 …`, `event`, `known`, `available`, `feature_0 …`.
 * `available` is the later of event and known: a value may be used from then on.
 */
export interface ViewTable {
  /** All rows that have keys and an event time. */
  readonly rows: string;
  /** The rows a point-in-time join may find, one for each key and `available`. */
  readonly winners: string;
  /** Keys and events that several rows share: `second`, from when on there are two to choose from. */
  readonly ties: string;
  readonly keys: number;
  readonly features: number;
  readonly hasKnown: boolean;
}

export interface ViewColumns {
  /** SQL expressions over the view's query. */
  readonly keys: readonly string[];
  readonly event: string;
  /** Null: a value is known when it happens. */
  readonly known: string | null;
  readonly features: readonly string[];
}

/**
 * Makes the tables of a view in the schema `work`, named after `name`. Rows without a key or an event time are dropped: they match nothing.
 * A row whose known time is NULL or infinite is never known.
 */
export async function makeViewTable(engine: Engine, name: string, view: ViewColumns & { readonly query: string }): Promise<ViewTable> {
  const table: ViewTable = {
    rows: `work.${quoteName(`${name} rows`)}`,
    winners: `work.${quoteName(`${name} winners`)}`,
    ties: `work.${quoteName(`${name} ties`)}`,
    keys: view.keys.length,
    features: view.features.length,
    hasKnown: view.known !== null,
  };
  await engine.run(`CREATE OR REPLACE TABLE ${table.rows} AS ${selectRows(view)}`);
  await engine.run(
    `CREATE OR REPLACE TABLE ${table.ties} AS SELECT ${keyList(table)}event, min(available, 2)[2] AS second FROM ${table.rows}
     GROUP BY ${keyList(table)}event HAVING count(*) > 1`,
  );
  await engine.run(`CREATE OR REPLACE TABLE ${table.winners} AS ${selectWinners(table)}`);
  return table;
}

/** Rows of a view as `key_0 …, event, known, available, feature_0 …`. */
export function selectRows({ keys, event, known, features, query }: ViewColumns & { readonly query: string }): string {
  const finite = (time: string): string => `CASE WHEN isfinite(CAST(${time} AS TIMESTAMP)) THEN CAST(${time} AS TIMESTAMP) END`;
  const columns = [
    ...keys.map((key, index) => `${key} AS key_${index}`),
    `${finite(event)} AS event`,
    `coalesce(${finite(known ?? event)}, TIMESTAMP 'infinity') AS known`,
    ...features.map((feature, index) => `${feature} AS feature_${index}`),
  ];
  const complete = ['event IS NOT NULL', ...keys.map((_, index) => `key_${index} IS NOT NULL`)].join(' AND ');
  return `SELECT * EXCLUDE (known), known, greatest(event, known) AS available FROM (SELECT ${columns.join(', ')} FROM (${query})) WHERE ${complete}`;
}

/**
 * The greatest (event, known) available at a moment t is the greatest among the rows with available <= t, for event <= t and
 * known <= t say just that. So of the rows in the order of `available` only those count that are the greatest so far: the last
 * of them at or before t is the winner, found by one ASOF join, exact whatever was known late and however much of it.
 * Rows equal in keys, event and available are told apart by known, then by the values of the features, never by where they lie.
 */
function selectWinners(table: ViewTable): string {
  const { rows, ties, hasKnown } = table;
  const features = names('feature', table.features).map((feature) => `${feature} DESC NULLS LAST`);
  const best = `row_number() OVER (PARTITION BY ${keyList(table)}event, available ORDER BY ${['known DESC', ...features].join(', ')}) = 1`;
  const same = [...names('key', table.keys), 'event'].map((column) => `r.${column} = t.${column}`).join(' AND ');
  const distinct = `SELECT r.* FROM ${rows} r ANTI JOIN ${ties} t ON ${same}
    UNION ALL BY NAME SELECT * FROM (SELECT r.* FROM ${rows} r SEMI JOIN ${ties} t ON ${same}) QUALIFY ${best}`;
  if (!hasKnown) return distinct;
  const partition = table.keys === 0 ? '' : `PARTITION BY ${names('key', table.keys).join(', ')} `;
  return `SELECT * FROM (${distinct}) WHERE isfinite(available)
    QUALIFY event >= max(event) OVER (${partition}ORDER BY available RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;
}

/** `prefix_0, prefix_1 …` */
export function names(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}_${index}`);
}

function keyList(table: ViewTable): string {
  return names('key', table.keys)
    .map((key) => `${key}, `)
    .join('');
}
