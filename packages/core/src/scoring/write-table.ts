import { dirname } from 'node:path';
import type { ScoredFile } from '@tidegate/formats';
import { type Engine, quoteName, quoteText } from '@tidegate/runtime';
import { measureFile, mkdir, removeLeftovers, rename, rm, syncFile, syncFolder, temporaryBeside } from '../platform/index.ts';
import { tableFormat } from './input/score-input.ts';

/** Rows of a group are written together: a multiple of the engine's vector size, fixed so that bytes do not change. */
const rowGroupSize = 122_880;

/**
 * Writes the rows of Parquet files, one after another, to one file in the format of its name: whole or not at all. The same rows
 * give the same bytes.
 */
export async function writeTable(engine: Engine, parts: readonly string[], path: string): Promise<ScoredFile> {
  await mkdir(dirname(path), { recursive: true });
  await removeLeftovers(dirname(path));
  const unfinished = temporaryBeside(path);
  const source = `read_parquet([${parts.map(quoteText).join(', ')}])`;
  try {
    const [{ rows } = { rows: 0 }] = await engine.rows(`SELECT count(*) AS rows FROM ${source}`);
    await engine.run(`COPY (${await selectFor(engine, source, path)}) TO ${quoteText(unfinished)} ${options(path)}`);
    await syncFile(unfinished);
    const measured = await measureFile(unfinished);
    await rename(unfinished, path);
    syncFolder(dirname(path));
    return { path, ...measured, rows: Number(rows) };
  } finally {
    await rm(unfinished, { force: true });
  }
}

function options(path: string): string {
  return tableFormat(path) === 'csv' ? '(FORMAT csv, HEADER)' : `(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${rowGroupSize})`;
}

/** A CSV file has no lists and structures: they become JSON. */
async function selectFor(engine: Engine, source: string, path: string): Promise<string> {
  if (tableFormat(path) === 'parquet') return `SELECT * FROM ${source}`;
  const columns = await engine.describe(`SELECT * FROM ${source}`);
  const cells = columns.map(({ name, type }) => {
    const cell = quoteName(name);
    return /\]$|^(STRUCT|MAP|UNION)/.test(type) ? `CAST(to_json(${cell}) AS VARCHAR) AS ${cell}` : cell;
  });
  return `SELECT ${cells.join(', ')} FROM ${source}`;
}
