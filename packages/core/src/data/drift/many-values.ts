import { type Engine, quoteName } from '@tidegate/runtime';
import { type CountedColumn, halfColumn } from './count-columns.ts';
import { sampleSql } from './fine-edges.ts';
import { windowColumn } from './usual-distance.ts';

/** Texts of more different values than these are not counted one by one. */
const many = 50_000;

/** Whether a column of very many rows has too many different values to count each of them, by an estimate that is good to some percent. */
export async function isManyValued(engine: Engine, { table, value }: CountedColumn): Promise<boolean> {
  const [found = {}] = await engine.rows(`SELECT approx_count_distinct(${value}) AS values FROM ${table}`);
  return Number(found['values']) > many;
}

/** Rows of each side that are looked at of a column of nearly as many different texts. */
const drawnRows = 500_000;

/** Rows of one side, always the same ones, as a table with the value in the column `v`. @returns its name as SQL */
export async function drawRows(
  engine: Engine,
  { table, value }: CountedColumn,
  { column, rows }: { readonly column: string; readonly rows: number },
): Promise<string> {
  const drawn = quoteName(`${table} of ${column}`);
  const columns = [`${value} AS v`, quoteName(halfColumn), quoteName(windowColumn)].join(', ');
  await engine.run(
    `CREATE OR REPLACE TEMP TABLE ${drawn} AS SELECT * FROM (SELECT ${columns} FROM ${table}) ${sampleSql(drawnRows, rows)}`,
  );
  return drawn;
}
