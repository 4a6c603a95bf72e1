import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { createReadStream, open } from '../../platform/index.ts';
import { csvDialect } from '../read/csv-dialect.ts';
import type { DatasetFile, FileFormat } from '../read/dataset-file.ts';
import { jsonLines } from '../read/json-lines.ts';
import { csvReader } from '../read/scan.ts';
import { globText } from '../read/sql-path.ts';
import { rowGroupRows } from '../holdout/split-file.ts';

export interface Leaving {
  readonly format: FileFormat;
  /** SELECT of the places of the rows that are left out, from 0 in the file. */
  readonly places: string;
  readonly to: string;
}

/** Writes a file in its own format without some of its rows, the others in their order. @returns how many rows it has */
export async function withoutRows(engine: Engine, file: DatasetFile, { format, places, to }: Leaving): Promise<number> {
  if (format === 'json') return jsonWithout(engine, file, { places, to });
  if (format === 'csv') return csvWithout(engine, file, { places, to });
  const rows = `SELECT * FROM read_parquet(${globText(file.object)}, hive_partitioning = false, file_row_number = true)`;
  const kept = `SELECT * EXCLUDE (file_row_number) FROM (${rows}) WHERE file_row_number NOT IN (${places})`;
  return copy(engine, kept, { to, options: `FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroupRows}` });
}

/** Header, delimiter and every value stay as text; only quotes that are not needed may go. */
async function csvWithout(engine: Engine, file: DatasetFile, { places, to }: Omit<Leaving, 'format'>): Promise<number> {
  const { delimiter, header, headerText } = await csvDialect(file);
  const schema = { file, delimiter, columns: header.map((name) => ({ name, type: 'VARCHAR' })) };
  const rows = `SELECT *, row_number() OVER () - 1 AS q_at FROM ${csvReader([schema], { list: globText(file.object), options: 'allow_quoted_nulls = false' })}`;
  const kept = `SELECT ${header.map((name) => quoteName(name)).join(', ')} FROM (${rows}) WHERE q_at NOT IN (${places})`;
  const count = await copy(engine, kept, {
    to: `${to}.rows`,
    options: `FORMAT csv, HEADER false, DELIMITER ${quoteText(delimiter)}, QUOTE '"', ESCAPE '"', NULLSTR ''`,
  });
  const handle = await open(to, 'w');
  try {
    await handle.write(`${headerText}\n`);
    for await (const chunk of createReadStream(`${to}.rows`)) await handle.write(chunk as Buffer);
  } finally {
    await handle.close();
  }
  return count;
}

async function jsonWithout(engine: Engine, file: DatasetFile, { places, to }: Omit<Leaving, 'format'>): Promise<number> {
  const left = new Set((await engine.rows(places)).map((row) => Number(Object.values(row)[0])));
  const handle = await open(to, 'w');
  let [place, kept] = [0, 0];
  try {
    for await (const { text } of jsonLines(file)) {
      if (!left.has(place++)) {
        await handle.write(`${text}\n`);
        kept += 1;
      }
    }
  } finally {
    await handle.close();
  }
  return kept;
}

async function copy(engine: Engine, query: string, { to, options }: { readonly to: string; readonly options: string }): Promise<number> {
  const [row] = await engine.rows(`COPY (${query}) TO ${quoteText(to)} (${options})`);
  return Number(row?.['Count'] ?? 0);
}
