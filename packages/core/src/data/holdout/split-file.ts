import { canonicalJson, type Json } from '@tidegate/formats';
import { type Engine, quoteText } from '@tidegate/runtime';
import { createReadStream, open } from '../../platform/index.ts';
import { csvDialect } from '../read/csv-dialect.ts';
import type { DatasetFile, FileFormat } from '../read/dataset-file.ts';
import { jsonLines } from '../read/json-lines.ts';
import { csvReader } from '../read/scan.ts';
import { globText } from '../read/sql-path.ts';
import { type HoldoutRule, heldOutSql, isRowHeldOut } from './holdout-rule.ts';

/** Rows of a Parquet row group; the engine's own default, fixed so that the same rows give the same bytes. */
export const rowGroupRows = 122_880;

export interface Split {
  readonly rule: HoldoutRule;
  /** Where the rows go that are kept for training, and those held out. */
  readonly train: string;
  readonly test: string;
}

/** Writes the rows of a file to two files of the same format, in order. @returns how many rows went where */
export async function splitFile(
  engine: Engine,
  file: DatasetFile,
  { format, ...split }: Split & { readonly format: FileFormat },
): Promise<Counts> {
  if (format === 'json') return splitJsonLines(file, split);
  return format === 'csv' ? splitCsv(engine, file, split) : splitParquet(engine, file, split);
}

export interface Counts {
  readonly train: number;
  readonly test: number;
}

async function splitParquet(engine: Engine, file: DatasetFile, { rule, train, test }: Split): Promise<Counts> {
  const rows = `SELECT * FROM read_parquet(${globText(file.object)}, hive_partitioning = false)`;
  const columns = await engine.describe(rows);
  const heldOut = heldOutSql(
    rule,
    columns.map(({ name }) => name),
  );
  const options = `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroupRows}`;
  return {
    train: await copy(engine, `${rows} WHERE NOT (${heldOut})`, { to: train, options }),
    test: await copy(engine, `${rows} WHERE ${heldOut}`, { to: test, options }),
  };
}

/** Header, delimiter and every value stay as text; only quotes that are not needed may go. */
async function splitCsv(engine: Engine, file: DatasetFile, { rule, train, test }: Split): Promise<Counts> {
  const { delimiter, header, headerText } = await csvDialect(file);
  const schema = { file, delimiter, columns: header.map((name) => ({ name, type: 'VARCHAR' })) };
  const rows = `SELECT * FROM ${csvReader([schema], { list: globText(file.object), options: 'allow_quoted_nulls = false' })}`;
  const heldOut = heldOutSql(rule, header);
  const options = `FORMAT csv, HEADER false, DELIMITER ${quoteText(delimiter)}, QUOTE '"', ESCAPE '"', NULLSTR ''`;
  const write = async (path: string, where: string): Promise<number> => {
    const count = await copy(engine, `${rows} WHERE ${where}`, { to: `${path}.rows`, options });
    await join(path, `${headerText}\n`, `${path}.rows`);
    return count;
  };
  return { train: await write(train, `NOT (${heldOut})`), test: await write(test, heldOut) };
}

/** @returns how many rows were written */
async function copy(engine: Engine, query: string, { to, options }: { readonly to: string; readonly options: string }): Promise<number> {
  const [row] = await engine.rows(`COPY (${query}) TO ${quoteText(to)} (${options})`);
  return Number(row?.['Count'] ?? 0);
}

async function join(path: string, start: string, rest: string): Promise<void> {
  const handle = await open(path, 'w');
  try {
    await handle.write(start);
    for await (const chunk of createReadStream(rest)) await handle.write(chunk as Buffer);
  } finally {
    await handle.close();
  }
}

async function splitJsonLines(file: DatasetFile, { rule, train, test }: Split): Promise<Counts> {
  const sides = { train: await open(train, 'w'), test: await open(test, 'w') };
  const counts = { train: 0, test: 0 };
  try {
    for await (const { text } of jsonLines(file)) {
      const side = isRowHeldOut(rule, valuesOf(JSON.parse(text) as { readonly [name: string]: Json })) ? 'test' : 'train';
      counts[side] += 1;
      await sides[side].write(`${text}\n`);
    }
  } finally {
    await sides.train.close();
    await sides.test.close();
  }
  return counts;
}

function valuesOf(row: { readonly [name: string]: Json }): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(row).flatMap(([name, value]) =>
      value === null ? [] : [[name, typeof value === 'string' ? value : canonicalJson(value)]],
    ),
  );
}
