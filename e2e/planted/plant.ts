import { type Engine, quoteName } from '@tidegate/runtime';
import { chanceSql, rowColumn, unitSql } from './chance.ts';
import { isInteger } from './column-facts.ts';
import type { Amount, Change, Choice } from './fault.ts';

/** What was planted, exactly. */
export interface Planted {
  /** Columns in which a cell is another one, that came, or that went. */
  readonly columns: readonly string[];
  /** Rows of the clean table of which a cell is another one. Every other cell of every row is as it was. */
  readonly changed: readonly number[];
  readonly removed: readonly number[];
  /** New row → the row that it repeats. */
  readonly repeated: ReadonlyMap<number, number>;
}

export interface Tables {
  /** The clean table, with {@link rowColumn}. */
  readonly from: string;
  /** Name of the table that is made, with {@link rowColumn} too. */
  readonly to: string;
  readonly seed: string;
}

type OwnChange = Exclude<Change, { readonly kind: 'in the other table' }>;

const row = quoteName(rowColumn);

/** Makes a table with a fault in it. The same seed and the same clean table give the same, wherever it runs. */
export async function plant(engine: Engine, change: OwnChange, tables: Tables): Promise<Planted> {
  switch (change.kind) {
    case 'cells':
      return plantCells(engine, change, tables);
    case 'columns':
      return plantColumns(engine, change, tables);
    case 'removed rows': {
      await choose(engine, { ...change, table: tables.from, seed: tables.seed });
      await make(engine, tables.to, `SELECT * FROM ${tables.from} WHERE ${row} NOT IN (SELECT ${row} FROM chosen)`);
      return { ...nothing, removed: await rowsOf(engine, 'chosen') };
    }
    case 'repeated rows': {
      await choose(engine, { ...change, table: tables.from, seed: tables.seed });
      const next = `(SELECT max(${row}) + 1 FROM ${tables.from})`;
      await engine.run(`CREATE OR REPLACE TEMP TABLE again AS SELECT ${row} AS old, ${next} + place AS new FROM chosen`);
      await make(
        engine,
        tables.to,
        `SELECT * FROM ${tables.from} UNION ALL SELECT t.* REPLACE (a.new AS ${row}) FROM ${tables.from} t JOIN again a ON t.${row} = a.old`,
      );
      const pairs = await engine.rows('SELECT new, old FROM again ORDER BY new');
      return { ...nothing, repeated: new Map(pairs.map((pair) => [Number(pair['new']), Number(pair['old'])])) };
    }
  }
}

const nothing: Planted = { columns: [], changed: [], removed: [], repeated: new Map() };

async function plantCells(engine: Engine, change: Extract<OwnChange, { kind: 'cells' }>, { from, to, seed }: Tables): Promise<Planted> {
  const { donor, values, types = {} } = change;
  await choose(engine, { ...change, table: from, seed, twice: donor === 'other' });
  const described = await engine.describe(`SELECT * FROM ${from}`);
  const columns = described.filter(({ name }) => name !== rowColumn);
  const cells = columns.map(({ name, type }) => {
    const value = values[name];
    const own = `t.${quoteName(name)}`;
    if (value === undefined) return own;
    const wanted = types[name] ?? type;
    const planted = isInteger(wanted) ? wholeSql(value, seed) : value;
    return `CASE WHEN c.${row} IS NULL THEN CAST(${own} AS ${wanted}) ELSE CAST(${planted} AS ${wanted}) END AS ${quoteName(name)}`;
  });
  const donors = donor === undefined ? '' : `LEFT JOIN ${from} d ON d.${row} = c.donor`;
  await make(
    engine,
    to,
    `SELECT t.${row}, ${cells.join(', ')} FROM ${from} t LEFT JOIN (SELECT * FROM chosen WHERE changes) c ON t.${row} = c.${row} ${donors}`,
  );
  const touched = columns.map(({ name }) => name).filter((name) => values[name] !== undefined);
  const differs = touched.map((name) => `CAST(t.${quoteName(name)} AS VARCHAR) IS DISTINCT FROM CAST(p.${quoteName(name)} AS VARCHAR)`);
  const found = await engine.rows(
    `SELECT t.${row} AS r FROM ${from} t JOIN ${to} p ON t.${row} = p.${row} JOIN chosen c ON t.${row} = c.${row}
     WHERE c.changes AND (${differs.join(' OR ')}) ORDER BY r`,
  );
  return { ...nothing, columns: touched, changed: found.map(({ r }) => Number(r)) };
}

/** A fraction in a column of whole numbers: up or down by chance, so that the mean is what it should be. */
function wholeSql(value: string, seed: string): string {
  return `floor(CAST(${value} AS DOUBLE) + ${unitSql(`${seed}:whole`, `t.${row}`)})`;
}

async function plantColumns(engine: Engine, change: Extract<OwnChange, { kind: 'columns' }>, { from, to }: Tables): Promise<Planted> {
  const { without, renamed, added } = change;
  const described = await engine.describe(`SELECT * FROM ${from}`);
  const kept = described.map(({ name }) => name).filter((name) => !without.includes(name));
  const cells = [
    ...kept.map((name) => `t.${quoteName(name)} AS ${quoteName(renamed[name] ?? name)}`),
    ...Object.entries(added).map(([name, sql]) => `${sql} AS ${quoteName(name)}`),
  ];
  await make(engine, to, `SELECT ${cells.join(', ')} FROM ${from} t`);
  return { ...nothing, columns: [...without, ...Object.entries(renamed).flat(), ...Object.keys(added)] };
}

interface Chosen {
  readonly table: string;
  readonly seed: string;
  readonly eligible: string;
  readonly amount: Amount;
  readonly choice?: Choice;
  /** Whether each needs another chosen row that does not change. */
  readonly twice?: boolean;
}

/** Makes the table `chosen`: rows in the order in which they were chosen, whether they change, and their donors. */
async function choose(engine: Engine, { table, seed, eligible, amount, choice = 'chance', twice = false }: Chosen): Promise<void> {
  const [counted = {}] = await engine.rows(`SELECT count(*) AS n FROM ${table} t WHERE ${eligible}`);
  const most = Math.floor(Number(counted['n']) / (twice ? 2 : 1));
  const wanted = amount === 'all' ? most : 'count' in amount ? amount.count : Math.max(1, Math.round(amount.share * Number(counted['n'])));
  const count = Math.min(most, wanted);
  const order = {
    chance: chanceSql(seed),
    run: `((place + ${chanceSql(seed, `''`)} % ${Math.max(1, most)}) % ${Math.max(1, most)})`,
    last: `-place`,
  }[choice];
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE chosen AS
     WITH eligible AS (SELECT ${row}, (row_number() OVER (ORDER BY ${row}) - 1) AS place FROM ${table} t WHERE ${eligible}),
     ordered AS (SELECT ${row}, (row_number() OVER (ORDER BY ${order}, ${row}) - 1) AS place FROM eligible)
     SELECT o.${row}, o.place, o.place < ${count} AS changes, d.${row} AS donor FROM ordered o
     LEFT JOIN ordered d ON d.place = ${twice ? `o.place + ${count}` : `(o.place + 1) % ${Math.max(1, count)}`}
     WHERE o.place < ${twice ? 2 * count : count}`,
  );
}

function make(engine: Engine, table: string, sql: string): Promise<void> {
  return engine.run(`CREATE OR REPLACE TEMP TABLE ${table} AS SELECT * FROM (${sql}) ORDER BY ${row}`);
}

async function rowsOf(engine: Engine, table: string): Promise<readonly number[]> {
  return (await engine.rows(`SELECT ${row} AS r FROM ${table} ORDER BY r`)).map(({ r }) => Number(r));
}
