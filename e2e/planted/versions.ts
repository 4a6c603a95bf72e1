import { join } from 'node:path';
import { type Engine, quoteName, quoteText, seededRandom } from '@tidegate/runtime';
import { chanceSql, rowColumn } from './chance.ts';
import type { DataSet } from './data-sets/data-set.ts';

/** Two versions in which nothing changed, as the tables `past` and `own`, and `parent` where rows name those of another table. */
export interface Pair {
  readonly hasParent: boolean;
  /** SQL of the earlier versions, the oldest first, all of which are in `past`. */
  readonly earlier: readonly string[];
  /** Numbers of their rows. */
  readonly counts: readonly number[];
  /** Rows of the new version. */
  readonly rows: number;
}

const row = quoteName(rowColumn);

/** Makes the tables, each with {@link rowColumn}: the seed says which half, or which day. */
export async function makePair(
  engine: Engine,
  dataSet: DataSet,
  { folder, seed }: { readonly folder: string; readonly seed: number },
): Promise<Pair> {
  const { name, file = name, where = 'true', versions, parent } = dataSet;
  const rows = `SELECT (row_number() OVER () - 1) AS ${row}, * FROM read_parquet(${quoteText(join(folder, `${file}.parquet`))}) WHERE ${where}`;
  await engine.run(`CREATE OR REPLACE TEMP TABLE every AS ${rows}`);
  let earlier: readonly string[];
  if (versions.by === 'halves') {
    await engine.run(
      `CREATE OR REPLACE TEMP TABLE parts AS
       SELECT ${row}, (row_number() OVER (ORDER BY ${chanceSql(`halves:${seed}`)})) % 2 AS part FROM every`,
    );
    for (const [table, part] of [
      ['past', 0],
      ['own', 1],
    ] as const)
      await make(engine, table, `SELECT * FROM every WHERE ${row} IN (SELECT ${row} FROM parts WHERE part = ${part})`);
    earlier = ['SELECT * FROM past'];
  } else {
    const day = `date_trunc('day', ${quoteName(versions.time)} AT TIME ZONE 'America/New_York')`;
    const days = (await engine.rows(`SELECT DISTINCT CAST(${day} AS DATE)::VARCHAR AS d FROM every ORDER BY d`)).map(({ d }) => String(d));
    const at = versions.before + seededRandom(seed).below(days.length - versions.before);
    const [first, next] = [days[at - versions.before] ?? '', days[at] ?? ''];
    await make(
      engine,
      'past',
      `SELECT * FROM every WHERE ${day} >= ${quoteText(first)}::TIMESTAMP AND ${day} < ${quoteText(next)}::TIMESTAMP`,
    );
    await make(engine, 'own', `SELECT * FROM every WHERE ${day} = ${quoteText(next)}::TIMESTAMP`);
    earlier = days.slice(at - versions.before, at).map((one) => `SELECT * FROM past WHERE ${day} = ${quoteText(one)}::TIMESTAMP`);
  }
  if (parent !== undefined) {
    const sql = parent.of === 'rows' ? parent.sql : `SELECT * FROM read_parquet(${quoteText(join(folder, `${parent.name}.parquet`))})`;
    await engine.run(`CREATE OR REPLACE TEMP TABLE parent AS SELECT (row_number() OVER () - 1) AS ${row}, * FROM (${sql})`);
  }
  const counts: number[] = [];
  for (const sql of earlier) counts.push(await countOf(engine, `(${sql})`));
  return { hasParent: parent !== undefined, earlier, counts, rows: await countOf(engine, 'own') };
}

function make(engine: Engine, name: string, sql: string): Promise<void> {
  return engine.run(`CREATE OR REPLACE TEMP TABLE ${name} AS SELECT * FROM (${sql}) ORDER BY ${row}`);
}

async function countOf(engine: Engine, table: string): Promise<number> {
  const [row = {}] = await engine.rows(`SELECT count(*) AS n FROM ${table}`);
  return Number(row['n']);
}
