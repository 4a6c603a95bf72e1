import { openEngine, quoteText } from '@tidegate/runtime';
import { rowsFrom } from '../data/byte-mode/tables.ts';

/** What is wrong with the table: each fault breaks one check, in so many rows. */
export const planted: Readonly<Record<string, number>> = { 'a1.null': 7, 'n2.min': 13, 'c1.set': 5, 'code.pattern': 3, 'id.unique': 1 };

const replaced = [
  `CASE WHEN id < 7 THEN NULL ELSE a1 END AS a1`,
  `CASE WHEN id BETWEEN 100 AND 112 THEN -1 ELSE n2 END AS n2`,
  `CASE WHEN id BETWEEN 200 AND 204 THEN 'kind 20' ELSE c1 END AS c1`,
  `CASE WHEN id BETWEEN 300 AND 302 THEN '12345678x' ELSE code END AS code`,
  `CASE WHEN id = 11 THEN 10 ELSE id END AS id`,
];

/** A table of 20 columns as byte mode has it, with the planted faults. */
export async function writeFaulty(path: string, rows: number): Promise<void> {
  await write(path, `SELECT * REPLACE (${replaced.join(', ')}) FROM (${rowsFrom(0, rows)})`);
}

/** The same kind of table without a fault, of other rows: what drift has to say nothing about. `shift` standard deviations are added to one column. */
export async function writeOther(path: string, rows: number, shift: number): Promise<void> {
  const fresh = `SELECT * FROM (${rowsFrom(1_000_000_000, rows)})`;
  await write(path, `SELECT * REPLACE (a1 + ${shift} * ${1 / Math.sqrt(12)} AS a1) FROM (${fresh})`);
}

async function write(path: string, query: string): Promise<void> {
  using engine = await openEngine({ threads: 2 });
  await engine.run(`COPY (${query}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 122880)`);
}
